import { useEffect } from 'react';
import { t, raw, tParts } from '../../i18n/t';
import { plain } from '../../text/markdown';
import { CloseIcon, PenIcon, ReplyIcon } from '../kit/icons';
import { toast } from '../kit/toast';
import { useView } from '../shell/session';
import type { Mode } from './mode';
import { t as word } from './words';
import css from './ModeBar.module.css';

/** Over the field: that it is an answer or a change, and to what. */
export function ModeBar({ mode, onCancel }: { mode: Mode; onCancel(): void }) {
  const { kind, message } = mode;
  const gone = useView((s) => s.room?.log.find(message.seq)?.deleted === true);
  // The server would refuse the answer, and what has been written so far can be said without it.
  const pointless = gone && kind === 'reply';
  useEffect(() => {
    if (!pointless) return;
    toast(word('answered_gone'));
    onCancel();
    // oxlint-disable-next-line react/exhaustive-deps -- once
  }, [pointless]);
  const said = gone ? t('deleted') : plain(message.text) || message.files[0]?.name || '';
  return (
    <div className={css.bar} data-mode={kind}>
      {kind === 'edit' ? <PenIcon /> : <ReplyIcon />}
      <p className={css.about}>
        <span className={css.what}>{whatOf(mode)}</span>
        <bdi className={css.said}>{said}</bdi>
      </p>
      <button
        type="button"
        className="icon-button"
        onClick={onCancel}
        onMouseDown={(e) => e.preventDefault()}
        aria-label={t('cancel')}
      >
        <CloseIcon />
      </button>
    </div>
  );
}

function whatOf({ kind, message }: Mode) {
  if (kind === 'edit') return t('editing');
  return tParts(raw('replying')).map((part, i) => (i % 2 ? <bdi key={part}>{message.from.name}</bdi> : part));
}
