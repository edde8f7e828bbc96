// A picture as large as the window, and from it to the others of the room that are held.

import { sizeOf } from '../../i18n/size';
import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { t as common } from '../../i18n/t';
import { fullOf } from '../../i18n/time';
import type { From, SentFile } from '../../proto/v1';
import type { RoomLog } from '../../sync/roomlog';
import { CloseIcon } from '../kit/icons';
import { BackIcon } from '../kit/moreIcons';
import { useView } from '../shell/session';
import { access } from './carry';
import { FarIcon, NearIcon, OpenIcon, SaveIcon } from './icons';
import { kindOf } from './kind';
import { saving } from './FileCard';
import { localOf } from './local';
import { placeOf } from './place';
import { thumbnailOf, urlOf, useSource } from './source';
import { useLook } from './useLook';
import { words } from './texts';
import { t as shared } from './words';
import css from './Lightbox.module.css';

const { t } = words;

interface Shown {
  seq: number;
  from: From;
  ts: number;
  file: SentFile;
}

/** All pictures that the log holds, in its order. */
function picturesIn(log: RoomLog | undefined): Shown[] {
  return (log?.entries ?? []).flatMap((m) =>
    m.kind === 'message' ? m.files.filter((f) => kindOf(f.type) === 'picture').map((file) => ({ seq: m.seq, from: m.from, ts: m.ts, file })) : [],
  );
}

interface Props {
  room: string;
  seq: number;
  file: string;
  onClose(): void;
}

export default function Lightbox({ room, seq, file, onClose }: Props) {
  const log = useView((s) => s.rooms.find((r) => r.id === room)?.log);
  useView((s) => s.rooms.find((r) => r.id === room)?.log.version);
  const [at, turnTo] = useState({ seq, file });
  const pictures = picturesIn(log);
  const index = pictures.findIndex((p) => p.seq === at.seq && p.file.id === at.file);
  const shown = pictures[index];
  const to = (i: number) => {
    const p = pictures[i];
    if (p) turnTo({ seq: p.seq, file: p.file.id });
  };
  const next = index >= 0 && index < pictures.length - 1 ? () => to(index + 1) : null;
  const previous = index > 0 ? () => to(index - 1) : null;
  const title = shown ? t('picture_of', { at: index + 1, all: pictures.length }) : t('picture');
  if (!shown) {
    return (
      <Viewer title={title} onClose={onClose}>
        <p className={css.said} role="status">
          {t('gone')}
        </p>
      </Viewer>
    );
  }
  return <Looking shown={shown} title={title} next={next} previous={previous} onClose={onClose} />;
}

interface LookingProps {
  shown: Shown;
  title: string;
  next: (() => void) | null;
  previous: (() => void) | null;
  onClose(): void;
}

function Looking({ shown, title, next, previous, onClose }: LookingProps) {
  const { file } = shown;
  const turns = { next: () => next?.(), previous: () => previous?.(), close: onClose };
  const { stage, box, look, hands, larger, smaller, all } = useLook(file.id, file.width ?? 0, turns);
  const original = useSource(urlOf(file));
  const onKeyDown = (e: KeyboardEvent) => {
    const rtl = document.documentElement.dir === 'rtl';
    const keys: Record<string, (() => void) | null> = {
      ArrowRight: rtl ? previous : next,
      ArrowLeft: rtl ? next : previous,
      '+': larger,
      '=': larger,
      '-': smaller,
      '0': all,
    };
    const run = e.ctrlKey || e.metaKey || e.altKey ? null : keys[e.key];
    if (!run) return;
    e.preventDefault();
    run();
  };
  const tools = (
    <>
      <Tool label={t('smaller')} onClick={smaller} off={look.scale <= 1} icon={<FarIcon />} />
      <Tool label={t('larger')} onClick={larger} icon={<NearIcon />} />
      {original && (
        <a className={css.tool} href={original} target="_blank" rel="noreferrer" aria-label={t('original')} title={t('original')}>
          <OpenIcon />
        </a>
      )}
      <a className={css.tool} {...saving(file)} aria-label={shared('save')} title={shared('save')}>
        <SaveIcon />
      </a>
    </>
  );
  return (
    <Viewer title={title} tools={tools} onClose={onClose} onKeyDown={onKeyDown}>
      <div ref={stage} className={look.scale > 1 ? `${css.stage} ${css.near}` : css.stage} {...hands}>
        <div
          ref={box}
          className={css.box}
          style={{ ...placeOf(file), transform: `translate(${look.x}px, ${look.y}px) scale(${look.scale})` }}
          data-scale={look.scale.toFixed(2)}
        >
          <Picture key={file.id} file={file} original={original} />
        </div>
      </div>
      {previous && <Turn way="previous" onClick={previous} />}
      {next && <Turn way="next" onClick={next} />}
      <Caption shown={shown} />
    </Viewer>
  );
}

/** The small one, which is there already, until the large one is. */
function Picture({ file, original }: { file: SentFile; original: string | null }) {
  const small = useSource(file.thumbnail ? (localOf(file.id) ?? thumbnailOf(file)) : '');
  const [state, set] = useState<'' | 'there' | 'failed' | 'gone'>('');
  const onError = async () => {
    set('failed');
    if (await access.isGone(urlOf(file))) set('gone');
  };
  if (state === 'failed' || state === 'gone' || original === null) {
    return (
      <p className={css.said} role="status">
        {t(state === 'gone' ? 'gone' : 'failed')}
      </p>
    );
  }
  return (
    <>
      {small && state === '' && <img src={small} alt="" className={css.small} draggable={false} />}
      {original && (
        <img
          src={original}
          alt={file.alt || file.name}
          className={css.large}
          draggable={false}
          data-picture={state}
          onLoad={() => set('there')}
          onError={() => void onError()}
        />
      )}
    </>
  );
}

function Caption({ shown: { file, from, ts } }: { shown: Shown }) {
  return (
    <div className={css.caption}>
      {file.alt && (
        <p className={css.alt} dir="auto">
          {file.alt}
        </p>
      )}
      <p className={css.about}>
        <bdi className={css.author}>{from.name}</bdi>
        <time dateTime={new Date(ts).toISOString()}>{fullOf(ts)}</time>
        <bdi className={css.name}>{file.name}</bdi>
        <span>{sizeOf(file.bytes)}</span>
      </p>
    </div>
  );
}

interface ViewerProps {
  title: string;
  tools?: ReactNode;
  onClose(): void;
  onKeyDown?(e: KeyboardEvent): void;
  children: ReactNode;
}

/** The dialog. Closed, the focus is where it was: at the picture from which one came. */
function Viewer({ title, tools, onClose, onKeyDown, children }: ViewerProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  const closed = useRef(onClose);
  closed.current = onClose;
  useEffect(() => {
    const dialog = ref.current;
    const before = document.activeElement;
    dialog?.showModal();
    dialog?.focus();
    const told = () => closed.current();
    dialog?.addEventListener('close', told);
    return () => {
      dialog?.removeEventListener('close', told);
      dialog?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions, jsx-a11y/no-noninteractive-tabindex -- the keys turn pages, and the focus begins at none of the buttons
    <dialog ref={ref} className={css.viewer} aria-labelledby={id} onKeyDown={onKeyDown} tabIndex={-1} data-viewer="">
      <div className={css.top}>
        <h2 id={id} className={css.title} aria-live="polite">
          {title}
        </h2>
        {tools}
        <Tool label={common('close')} onClick={() => ref.current?.close()} icon={<CloseIcon />} />
      </div>
      {children}
    </dialog>
  );
}

function Tool({ label, icon, off = false, onClick }: { label: string; icon: ReactNode; off?: boolean; onClick(): void }) {
  return (
    <button type="button" className={css.tool} aria-label={label} title={label} disabled={off} onClick={onClick}>
      {icon}
    </button>
  );
}

function Turn({ way, onClick }: { way: 'previous' | 'next'; onClick(): void }) {
  return (
    <button type="button" className={`${css.turn} ${css[way]}`} aria-label={t(way)} title={t(way)} onClick={onClick}>
      <BackIcon />
    </button>
  );
}
