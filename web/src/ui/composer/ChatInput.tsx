import { useLayoutEffect, useRef, useState, type FormEvent, type KeyboardEvent } from 'react';
import { t, tParts } from '../../i18n/t';
import type { Message, RoomLog } from '../../sync/roomlog';
import { draft } from '../shell/browser';
import { useSession, useView } from '../shell/session';
import { show as open } from '../shell/surface';
import { AttachButton, AttachmentTray } from '../files/Files';
import { postWithFiles, useStaged } from '../files/store';
import { CloseIcon, SendIcon } from '../kit/icons';
import { useShortcut } from '../shortcuts/useShortcut';
import css from './ChatInput.module.css';

/** What the next text is for, if not simply the next message. */
export interface Mode {
  kind: 'reply' | 'edit';
  message: Message;
}

interface Props {
  room: string;
  log: RoomLog;
  mode: Mode | null;
  onMode(mode: Mode | null): void;
}

/**
 * Where one types. The field keeps its own text (it is not controlled): an input method composes undisturbed, and what
 * was typed is never thrown away by drawing.
 */
export function ChatInput({ room, log, mode, onMode }: Props) {
  const session = useSession();
  const youId = useView((s) => s.you.id);
  const field = useRef<HTMLTextAreaElement>(null);
  const [filled, setFilled] = useState(() => draft.get(room).trim() !== '');
  const [tooLong, setTooLong] = useState(false);
  const files = useStaged(room);
  const height = useRef(fitter());
  const edited = mode?.kind === 'edit' ? mode.message : null;

  const show = (text: string) => {
    const area = field.current;
    if (!area) return;
    area.value = text;
    setFilled(text.trim() !== '');
    setTooLong(false);
    height.current(area);
  };

  // The text of the message to change, and then what was there before it.
  useLayoutEffect(() => {
    show(edited?.text ?? draft.get(room));
    field.current?.focus();
    // oxlint-disable-next-line react/exhaustive-deps -- another text for another message, and only then
  }, [edited?.key, room]);

  const changed = () => {
    const area = field.current;
    if (!area) return;
    const empty = area.value.trim() === '';
    if (!edited) {
      draft.set(room, area.value);
      if (!empty) session.typing();
    }
    setFilled(!empty);
    setTooLong(false);
    height.current(area);
  };

  const send = () => {
    const area = field.current;
    if (!area) return;
    area.focus();
    if (edited) {
      const same = area.value.trim() === edited.text.trim();
      const result = same ? 'ok' : session.edit(edited.seq, area.value);
      if (result === 'too_long') return setTooLong(true);
      if (result === 'empty') open('delete', { message: edited });
      return onMode(null);
    }
    const result = postWithFiles(session, room, area.value, mode?.message.seq ?? null, send);
    if (result === 'too_long') return setTooLong(true);
    if (result !== 'ok') return undefined;
    draft.set(room, '');
    show('');
    return mode && onMode(null);
  };

  useShortcut('send');
  useShortcut('new_line');
  useShortcut('edit_last');
  const onKeyDown = (e: KeyboardEvent) => {
    // The Enter that ends a composition belongs to the input method; 229 is how older engines say so.
    const native = e.nativeEvent ?? e;
    if (native.isComposing || native.keyCode === 229) return;
    if (e.key === 'Escape' && mode) {
      e.preventDefault();
      onMode(null);
      return;
    }
    if (e.key === 'ArrowUp' && !mode && field.current?.value === '') {
      const last = log.entries.findLast((m): m is Message => m.kind === 'message' && m.from.id === youId && !m.deleted);
      if (!last) return;
      e.preventDefault();
      onMode({ kind: 'edit', message: last });
      return;
    }
    if (e.key !== 'Enter' || e.shiftKey || e.altKey) return;
    // A touch keyboard has no Shift+Enter at hand, but it has the Send button.
    if (!e.ctrlKey && !e.metaKey && matchMedia('(hover: none) and (pointer: coarse)').matches) return;
    e.preventDefault();
    send();
  };

  const onSubmit = (e: FormEvent) => {
    e.preventDefault();
    send();
  };

  return (
    <form className={css.form} onSubmit={onSubmit}>
      {mode && (
        <div className={css.mode} data-mode={mode.kind}>
          <p className={css.about}>
            <span className={css.what}>{modeOf(mode)}</span>
            <bdi>{mode.message.text}</bdi>
          </p>
          <button type="button" className={css.cancel} onClick={() => onMode(null)} aria-label={t('cancel')}>
            <CloseIcon />
          </button>
        </div>
      )}
      {tooLong && (
        <p id="input-error" className={css.error} role="alert">
          {t('too_long')}
        </p>
      )}
      <div className={css.box}>
        {!edited && <AttachmentTray room={room} />}
        {!edited && <AttachButton room={room} className={css.attach} />}
        <textarea
          ref={field}
          className={css.field}
          data-composer=""
          rows={1}
          dir="auto"
          placeholder={t('placeholder')}
          aria-label={t('message_label')}
          aria-invalid={tooLong}
          aria-describedby={tooLong ? 'input-error' : undefined}
          enterKeyHint="enter"
          autoComplete="off"
          onInput={changed}
          onKeyDown={onKeyDown}
        />
        <button
          type="submit"
          className={css.send}
          disabled={!filled && !edited && files.length === 0}
          // Taking the focus would close a phone's keyboard between two messages.
          onMouseDown={(e) => e.preventDefault()}
        >
          <span className={css.word}>{t(edited ? 'save' : 'send')}</span>
          <SendIcon />
        </button>
      </div>
    </form>
  );
}

function modeOf({ kind, message }: Mode) {
  if (kind === 'edit') return t('editing');
  return tParts(t('replying')).map((part, i) => (i % 2 ? <bdi key={part}>{message.from.name}</bdi> : part));
}

/** Lets the field grow with its text where CSS alone cannot yet. */
function fitter(): (area: HTMLTextAreaElement) => void {
  if (typeof CSS !== 'undefined' && CSS.supports('field-sizing', 'content')) return () => {};
  return (area) => {
    area.style.blockSize = 'auto';
    area.style.blockSize = `${area.scrollHeight}px`;
  };
}
