// The files of a message: pictures with their place kept from the start, sound and films to play, the others to save.

import { useState } from 'react';
import { t as common } from '../../i18n/t';

import type { SentFile } from '../../proto/v1';
import { useSession } from '../shell/session';
import { show } from '../shell/surface';
import { access } from './carry';
import { FileCard } from './FileCard';
import { KindIcon } from './icons';
import { kindOf } from './kind';
import { localOf } from './local';
import { columnsOf, placeOf } from './place';
import { Player } from './Player';
import { thumbnailOf, urlOf, useSource } from './source';
import { t } from './words';
import css from './Attachments.module.css';

interface Props {
  files: readonly SentFile[];
  /** The room of the message; without it, the one that is open. */
  room?: string;
  seq: number;
}

export function Attachments({ files, room, seq }: Props) {
  const session = useSession();
  const pictures = files.filter((f) => kindOf(f.type) === 'picture');
  const open = (file: string) => show('picture', { room: room ?? session.current().room?.id ?? '', seq, file });
  return (
    <div className={css.files} data-files="">
      {pictures.length > 0 && (
        <div className={pictures.length === 1 ? css.alone : css.grid} data-many={columnsOf(pictures.length)}>
          {pictures.map((file) => (
            <Picture key={file.id} file={file} onOpen={() => open(file.id)} />
          ))}
        </div>
      )}
      {files
        .filter((f) => !pictures.includes(f))
        .map((file) =>
          kindOf(file.type) === 'sound' || kindOf(file.type) === 'film' ? (
            <Player key={file.id} file={file} />
          ) : (
            <FileCard key={file.id} file={file} />
          ),
        )}
    </div>
  );
}

/** What moves is shown as it is, unless one does not want things to move. */
function shownOf(file: SentFile): string {
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const small = file.thumbnail && (file.type !== 'image/gif' || still || file.bytes > 2_000_000);
  return small ? thumbnailOf(file) : urlOf(file);
}

function Picture({ file, onOpen }: { file: SentFile; onOpen(): void }) {
  const { name, alt = '' } = file;
  const url = localOf(file.id) ?? shownOf(file);
  const [failed, fail] = useState<'' | 'failed' | 'gone'>('');
  const [tries, again] = useState(0);
  const source = useSource(url, tries);
  const onError = async () => {
    fail('failed');
    if (await access.isGone(urlOf(file))) fail('gone');
  };
  if (failed || source === null) {
    return (
      <div className={css.missing} style={placeOf(file)} data-missing={failed}>
        <KindIcon kind="picture" />
        <p>{t(failed === 'gone' ? 'file_gone' : 'picture_failed', { name })}</p>
        {failed !== 'gone' && (
          <button
            type="button"
            className="button outlined"
            onClick={() => {
              fail('');
              again(tries + 1);
            }}
          >
            {common('retry')}
          </button>
        )}
      </div>
    );
  }
  return (
    <button
      type="button"
      className={css.picture}
      style={placeOf(file)}
      onClick={onOpen}
      aria-haspopup="dialog"
      aria-label={t('picture_open', { name: alt || name })}
      title={alt || name}
    >
      {source !== '' && (
        <img
          key={tries}
          src={source}
          alt={alt}
          loading="lazy"
          decoding="async"
          draggable={false}
          onLoad={(e) => (e.currentTarget.dataset.there = '')}
          onError={() => void onError()}
        />
      )}
    </button>
  );
}
