import { useEffect } from 'react';
import { t, raw, tParts } from '../../i18n/t';
import { plain } from '../../text/markdown';
import { CloseIcon, PenIcon, ReplyIcon } from '../kit/icons';
import { toast } from '../kit/toast';
import { useSession, useView } from '../shell/session';
import { begunEdit, type Mode } from './mode';
import { t as word } from './words';
import css from './ModeBar.module.css';

interface Props {
  room: string;
  mode: Mode;
  onMode(mode: Mode | null): void;
}

/** Over the field: that it is an answer or a change, and to what. */
export function ModeBar({ room, mode, onMode }: Props) {
  const { kind, message } = mode;
  const gone = useView((s) => s.room?.log.find(message.seq)?.deleted === true);
  const keepText = useGone(room, mode, gone, onMode);
  const stays = gone && kind === 'edit';
  return (
    <div className={css.bar} data-mode={kind}>
      {kind === 'reply' ? <ReplyIcon /> : <PenIcon />}
      <p className={css.about} role={gone ? 'alert' : undefined} data-gone={gone ? '' : undefined}>
        <span className={css.what}>{gone ? t('deleted') : whatOf(mode)}</span>
        <bdi className={css.said}>{gone ? word(stays ? 'edited_stays' : 'edited_draft') : saidOf(mode)}</bdi>
      </p>
      {stays && (
        <button type="button" className={css.act} onClick={keepText} onMouseDown={(e) => e.preventDefault()}>
          {word('edited_join')}
        </button>
      )}
      <button
        type="button"
        className="icon-button"
        onClick={() => onMode(null)}
        onMouseDown={(e) => e.preventDefault()}
        aria-label={t('cancel')}
      >
        <CloseIcon />
      </button>
    </div>
  );
}

/**
 * What becomes of what one is writing when the message that it is about is deleted. An answer can be said without it. A change
 * cannot be made any more: its text becomes the draft, and where there is one already, it stays in the field until one says so
 * by what is returned.
 */
function useGone(room: string, { kind, message }: Mode, gone: boolean, onMode: Props['onMode']): () => void {
  const session = useSession();
  const keepText = () => {
    const text = begunEdit.get(room)?.text;
    if (text) session.drafts.give(room, text);
    onMode(text ? { kind: 'gone', message } : null);
  };
  useEffect(() => {
    if (!gone) return;
    if (kind === 'reply') {
      toast(word('answered_gone'));
      onMode(null);
    } else if (kind === 'edit') {
      // Nothing was changed in it yet: then nothing of one's own is lost.
      const untouched = begunEdit.get(room)?.seq !== message.seq;
      if (untouched) toast(t('deleted'));
      if (untouched) onMode(null);
      else if (session.drafts.get(room).text.trim() === '') keepText();
    }
    // oxlint-disable-next-line react/exhaustive-deps -- once
  }, [gone]);
  return keepText;
}

const saidOf = ({ message }: Mode): string => plain(message.text) || message.files[0]?.name || '';

function whatOf({ kind, message }: Mode) {
  if (kind === 'edit') return t('editing');
  return tParts(raw('replying')).map((part, i) => (i % 2 ? <bdi key={part}>{message.from.name}</bdi> : part));
}
