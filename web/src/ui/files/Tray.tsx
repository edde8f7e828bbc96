import { sizeOf } from '../../i18n/size';
import { useSyncExternalStore } from 'react';
import { reasonOf } from '../../i18n/t';
import { CloseIcon } from '../kit/icons';
import { setPrefs, usePrefs } from '../shell/prefs';
import { uploads } from './carry';
import { FileName } from './FileName';
import { KindIcon } from './icons';
import { isShot, kindOf } from './kind';
import { percentOf, useJourney } from './journey';
import { Ring } from './Ring';
import { useStaged, type Staged } from './store';
import { describe, restage, unstage } from './staging';
import { words } from './texts';
import css from './Tray.module.css';

const { t, tn } = words;

/** The files that go with the next message, over the field in which it is written. */
export default function Tray({ room }: { room: string }) {
  const files = useStaged(room);
  const { cleanPictures } = usePrefs();
  if (files.length === 0) return null;
  return (
    <div className={css.tray} data-tray="">
      <ul className={css.list} aria-label={t('tray')}>
        {files.map((file) => (
          <Tile key={file.key} room={room} file={file} />
        ))}
      </ul>
      <Told files={files} />
      {files.some((f) => isShot(f.file.type)) && (
        <label className={css.clean}>
          <input
            type="checkbox"
            checked={cleanPictures}
            onChange={(e) => {
              setPrefs({ cleanPictures: e.currentTarget.checked });
              restage(room);
            }}
          />
          {t('clean')}
        </label>
      )}
    </div>
  );
}

const isThere = ({ key }: Staged): boolean => uploads.journeyOf(key)?.state === 'there';

/** For ears, once: that nothing is under way any more. A file that failed says so itself. */
function Told({ files }: { files: readonly Staged[] }) {
  const all = useSyncExternalStore(uploads.subscribe, () => files.every(isThere));
  return (
    <p className="unseen" role="status">
      {all && tn('all_there', files.length)}
    </p>
  );
}

function Tile({ room, file }: { room: string; file: Staged }) {
  const { key, name, type, preview, made } = file;
  const journey = useJourney(key);
  const failed = journey?.state === 'failed' && journey.error ? reasonOf(journey.error) : '';
  const kind = kindOf(type);
  return (
    <li className={css.tile} data-tile={failed ? 'failed' : (journey?.state ?? 'making')}>
      <div className={css.face}>
        {preview ? <img src={preview} alt="" draggable={false} /> : <KindIcon kind={kind} />}
        <Going file={file} />
      </div>
      <div className={css.words}>
        <p className={css.name}>
          <FileName name={name} />
        </p>
        {failed ? (
          <p className={css.failed} role="alert">
            {failed}{' '}
            <button type="button" className={css.again} onClick={() => uploads.again(key)} aria-label={t('retry', { name })}>
              ↻
            </button>
          </p>
        ) : (
          <Description room={room} file={file} />
        )}
        {made?.unclean && <p className={css.note}>{t('unclean')}</p>}
      </div>
      <button type="button" className={css.remove} onClick={() => unstage(room, key)} aria-label={t('remove', { name })}>
        <CloseIcon />
      </button>
    </li>
  );
}

/** What those read who cannot see the picture. Of other files it is not asked: their name says what they are. */
function Description({ room, file }: { room: string; file: Staged }) {
  const { key, name, alt, type, bytes } = file;
  if (!['picture', 'film'].includes(kindOf(type))) return <p className={css.size}>{sizeOf(bytes)}</p>;
  return (
    <input
      className={css.alt}
      type="text"
      dir="auto"
      maxLength={500}
      defaultValue={alt}
      placeholder={t('describe_short')}
      aria-label={t('describe', { name })}
      title={t('describe_hint')}
      autoComplete="off"
      enterKeyHint="done"
      onInput={(e) => describe(room, key, e.currentTarget.value)}
      onKeyDown={(e) => {
        if (e.key !== 'Enter' || e.nativeEvent?.isComposing) return;
        // Enter here is no wish to send the message.
        e.preventDefault();
        document.querySelector<HTMLElement>('[data-composer]')?.focus();
      }}
    />
  );
}

/** How far it is: a ring for the eye, words for whoever comes to it by ear. */
function Going({ file }: { file: Staged }) {
  const { key, name, made } = file;
  const journey = useJourney(key);
  const state = journey?.state ?? 'waiting';
  if (state === 'there') return <span className="unseen">{t('there', { name })}</span>;
  if (state === 'failed') return null;
  const part = journey?.part ?? 0;
  const said = () => {
    if (!made) return t('making', { name });
    return state === 'sending' ? t('part', { name, percent: percentOf(part) }) : t('waiting', { name });
  };
  return (
    <span className={css.going}>
      <Ring part={part} />
      <span className="unseen">{said()}</span>
    </span>
  );
}
