import { Suspense, useRef, useState, type FormEvent, type KeyboardEvent } from 'react';
import { t } from '../../i18n/t';
import type { RoomView } from '../../sync/room';
import type { Message, RoomLog } from '../../sync/roomlog';
import { AttachButton, AttachmentTray } from '../files/Files';
import { useStaged } from '../files/store';
import { later, unhurried } from '../kit/lazy';
import { SendIcon } from '../kit/icons';
import { prefs } from '../shell/prefs';
import { useShortcut } from '../shortcuts/useShortcut';
import type { Helped } from './Assist';
import { isComposing, looksBack, sends } from './keys';
import type { Mode } from './mode';
import { noteSaid, useSlow } from './useSlow';
import { useWriting } from './useWriting';
import css from './ChatInput.module.css';

const Assist = later(unhurried(() => import('./Assist')));
const ModeBar = later(async () => ({ default: (await import('./ModeBar')).ModeBar }));

interface Props {
  room: string;
  log: RoomLog;
  mode: Mode | null;
  onMode(mode: Mode | null): void;
  /** Null before anything is known of the room. */
  view: RoomView | null;
}

/** The sheet at the foot of a room: what the text is for, the field, and Send. All that helps with writing comes later. */
export function Composer({ room, log, mode, onMode, view }: Props) {
  const helped = useRef<Helped | null>(null);
  const slow = useSlow(view);
  const edits = mode?.kind === 'edit';
  const [quiet, setQuiet] = useState(false);
  // A change is no new message, and a command none at all.
  const wait = edits || quiet ? 0 : slow;
  const files = useStaged(room);
  const onSent = (text: string) => {
    noteSaid(room);
    helped.current?.sent(text);
  };
  const { field, filled, wrong, changed, send } = useWriting({ room, log, mode, onMode, wait: slow > 0, helped, onSent });
  const label = view ? t('placeholder', { room: view.title }) : t('message_label');

  const onKeyDown = useKeys({ log, mode, onMode, send });
  const onSubmit = (e: FormEvent) => {
    e.preventDefault();
    send();
  };

  return (
    <form className={css.form} onSubmit={onSubmit}>
      <div className={css.sheet} data-filled={filled || mode || files.length > 0 ? '' : undefined}>
        {mode && (
          <Suspense fallback={null}>
            <ModeBar room={room} mode={mode} onMode={onMode} />
          </Suspense>
        )}
        {!edits && (
          <div className={css.tray}>
            <AttachmentTray room={room} />
          </div>
        )}
        <textarea
          ref={field}
          className={css.field}
          data-composer=""
          rows={1}
          dir="auto"
          placeholder={label}
          aria-label={label}
          aria-invalid={wrong !== ''}
          aria-describedby={wrong && 'input-error'}
          enterKeyHint="enter"
          autoComplete="off"
          onInput={changed}
          onKeyDown={onKeyDown}
          onBlur={unfolded}
        />
        {wrong && (
          <p id="input-error" className={css.error} role="alert">
            {wrong}
          </p>
        )}
        <Suspense fallback={<div className={css.tools} />}>
          <Assist room={room} view={view} field={field} helped={helped} commands={!edits} onQuiet={setQuiet} className={css.tools}>
            {!edits && <AttachButton room={room} />}
          </Assist>
        </Suspense>
        <SendButton saves={edits} ready={filled || edits || files.length > 0} wait={wait} />
      </div>
    </form>
  );
}

/**
 * On a phone the field folds when it is left. Were it to do so under the finger that has just come down on the talk, what is
 * pressed would move off before the finger is lifted.
 */
function unfolded({ currentTarget: { parentElement: sheet } }: { currentTarget: HTMLElement }): void {
  if (!sheet) return;
  sheet.dataset.left = '';
  setTimeout(() => delete sheet.dataset.left, 300);
}

interface Keys {
  log: RoomLog;
  mode: Mode | null;
  onMode(mode: Mode | null): void;
  send(): void;
}

function useKeys({ log, mode, onMode, send }: Keys): (e: KeyboardEvent<HTMLTextAreaElement>) => void {
  useShortcut('send');
  useShortcut('new_line');
  useShortcut('edit_last');
  useShortcut('reply_last');
  const lookBack = (kind: Mode['kind']): boolean => {
    const meant = (m: Message): boolean => !m.deleted && (kind === 'reply' || m.mine);
    const message = log.entries.findLast((m): m is Message => m.kind === 'message' && meant(m));
    if (message) onMode({ kind, message });
    return message !== undefined;
  };
  /** Whether the key was for the composer, and not simply for the field. */
  const took = (e: KeyboardEvent<HTMLTextAreaElement>): boolean => {
    const back = mode ? null : looksBack(e, e.currentTarget);
    if (e.key === 'Escape' && mode) onMode(null);
    else if (back) return lookBack(back);
    else if (sends(e, prefs().enterSends)) send();
    else return false;
    return true;
  };
  return (e) => {
    // What helps with writing was asked before, and may have taken it.
    if (!e.defaultPrevented && !isComposing(e) && took(e)) e.preventDefault();
  };
}

/** As it is counted down: seconds, or minutes and seconds. */
function shortOf(wait: number): string {
  if (wait < 100) return t('seconds', { seconds: wait });
  return `${Math.floor(wait / 60)}:${String(wait % 60).padStart(2, '0')}`;
}

function SendButton({ saves, ready, wait }: { saves: boolean; ready: boolean; wait: number }) {
  return (
    <button
      type="submit"
      className={css.send}
      disabled={wait > 0 || !ready}
      aria-label={wait > 0 ? t('send_in', { seconds: wait }) : undefined}
      // Taking the focus would close a phone's keyboard between two messages.
      onMouseDown={(e) => e.preventDefault()}
    >
      {wait > 0 ? (
        <span className={css.wait}>{shortOf(wait)}</span>
      ) : (
        <>
          <span className={css.word}>{t(saves ? 'save' : 'send')}</span>
          <SendIcon />
        </>
      )}
    </button>
  );
}
