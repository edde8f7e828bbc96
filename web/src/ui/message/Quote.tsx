import { memo, useEffect } from 'react';
import { t } from '../../i18n/t';
import type { Message } from '../../sync/roomlog';
import { plain } from '../../text/markdown';
import { ReplyIcon } from '../kit/icons';
import css from './Message.module.css';

interface Props {
  seq: number;
  original: Message | undefined;
  onNeed(seq: number): void;
  onJump(seq: number): void;
}

const LONGEST = 200;

/** What a message answers, in one line; leads there. */
export const Quote = memo(function Quote({ seq, original, onNeed, onJump }: Props) {
  const known = original !== undefined;
  useEffect(() => {
    if (!known) onNeed(seq);
  }, [known, seq, onNeed]);
  return (
    <button type="button" className={css.quote} onClick={() => onJump(seq)} data-quote={seq} title={t('to_quoted')}>
      <ReplyIcon />
      {original && <bdi className={css.quoted}>{original.from.name}</bdi>}
      <bdi>{original ? lineOf(original) : '…'}</bdi>
    </button>
  );
});

function lineOf({ deleted, text, files }: Message): string {
  if (deleted) return t('deleted');
  const words = plain(text.slice(0, LONGEST)).replace(/\s+/g, ' ').trim();
  return words || files.map((f) => f.name).join(', ');
}
