// The ways in which files come to a message: a button, Ctrl+U, pasting, dropping. What they make of it is the tray's.

import { useLayoutEffect, useRef, useState } from 'react';
import { tParts } from '../../i18n/t';
import { toast } from '../kit/toast';
import { useView } from '../shell/session';
import { useShortcut } from '../shortcuts/useShortcut';
import { AttachIcon } from './icons';
import { stage } from './staging';
import { raw, t } from './words';
import css from './Attach.module.css';

interface Terms {
  /** Why one may not send files here; null: one may. */
  why: 'attach_never' | 'attach_account' | null;
  /** The most bytes of one file. */
  most: number;
}

/** Guests may where the server gives them the rights of members. One that takes no files does not say how large they may be. */
function useTerms(): Terms {
  const most = useView((s) => s.limits.upload_bytes ?? 0);
  const guest = useView((s) => s.you.role === 'guest' && s.server.guests !== 'all');
  return { why: most === 0 ? 'attach_never' : guest ? 'attach_account' : null, most };
}

function take(room: string, files: File[], { why, most }: Terms): void {
  if (why) toast(t(why));
  else stage(room, files, most);
}

/** Where one writes, and no other field: there a paste is that field's own. */
const elsewhere = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('dialog, input, select, textarea:not([data-composer])') !== null;

/** A copied table or text often brings a picture of itself: then the text is meant. */
function pastedFiles(data: DataTransfer | null): File[] {
  const types = data?.types ?? [];
  return types.includes('text/plain') && types.includes('text/html') ? [] : [...(data?.files ?? [])];
}

/** A picture from the clipboard is called image.png, as all of them are. */
function pasted(file: File): File {
  if (!/^image\.\w+$/.test(file.name)) return file;
  const now = new Date();
  const here = new Date(now.getTime() - now.getTimezoneOffset() * 60_000);
  const at = here.toISOString().slice(0, 19).replace(/\D/g, '').replace(/(.{8})/, '$1-');
  return new File([file], file.name.replace('image', `image-${at}`), { type: file.type });
}

interface Props {
  room: string;
  className?: string | undefined;
}

export function AttachButton({ room, className = 'icon-button' }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const terms = useTerms();
  const known = useView((s) => s.you.id !== '');
  usePaste((files) => take(room, files, terms));
  useShortcut('upload', () => (terms.why ? toast(t(terms.why)) : input.current?.click()));
  if (!known) return <span className={className} />;
  const zone = <DropZone room={room} terms={terms} />;
  if (terms.why) return zone;
  return (
    <>
      {zone}
      <button
        type="button"
        className={className}
        onClick={() => input.current?.click()}
        aria-label={t('attach')}
        aria-keyshortcuts="Control+U"
        title={t('attach')}
      >
        <AttachIcon />
      </button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        tabIndex={-1}
        aria-hidden="true"
        data-attach=""
        onChange={(e) => {
          const { files } = e.currentTarget;
          take(room, [...(files ?? [])], terms);
          // The same file can be chosen again.
          e.currentTarget.value = '';
          document.querySelector<HTMLElement>('[data-composer]')?.focus();
        }}
      />
    </>
  );
}

/** Pasting anywhere on the page, but into other fields. */
function usePaste(onPaste: (files: File[]) => void): void {
  const latest = useRef(onPaste);
  latest.current = onPaste;
  useLayoutEffect(() => {
    const came = (e: ClipboardEvent) => {
      const files = elsewhere(e.target) ? [] : pastedFiles(e.clipboardData);
      if (files.length === 0) return;
      e.preventDefault();
      latest.current(files.map(pasted));
    };
    document.addEventListener('paste', came);
    return () => document.removeEventListener('paste', came);
  }, []);
}

const hasFiles = (e: DragEvent): boolean => e.dataTransfer?.types.includes('Files') === true;

/** Over a room while files are dragged over the window: they can be dropped anywhere. */
function DropZone({ room, terms }: { room: string; terms: Terms }) {
  const name = useView((s) => s.rooms.find((r) => r.id === room)?.title ?? '');
  const over = useFilesOver((files) => take(room, files, terms));
  if (!over) return null;
  return (
    <div className={css.zone} data-drop="">
      <div className={css.card}>
        <AttachIcon />
        <p className={css.what}>{t(terms.why ?? 'drop_here')}</p>
        {!terms.why && (
          <p className={css.where}>
            {tParts(raw('drop_room')).map((part, i) => (i % 2 ? <bdi key={part}>{name}</bdi> : part))}
          </p>
        )}
      </div>
    </div>
  );
}

function useFilesOver(onDrop: (files: File[]) => void): boolean {
  const [over, setOver] = useState(false);
  const dropped = useRef(onDrop);
  dropped.current = onDrop;
  useLayoutEffect(() => {
    const stop = new AbortController();
    const on = (type: 'dragenter' | 'dragover' | 'dragleave' | 'drop', run: (e: DragEvent) => void) =>
      window.addEventListener(type, (e) => hasFiles(e) && run(e), { signal: stop.signal });
    on('dragenter', () => setOver(true));
    on('dragover', (e) => {
      e.preventDefault();
      if (e.dataTransfer) e.dataTransfer.dropEffect = 'copy';
    });
    // Out of the window; within it the next one is entered first.
    on('dragleave', (e) => e.relatedTarget === null && setOver(false));
    on('drop', (e) => {
      e.preventDefault();
      setOver(false);
      dropped.current([...(e.dataTransfer?.files ?? [])]);
    });
    return () => stop.abort();
  }, []);
  return over;
}
