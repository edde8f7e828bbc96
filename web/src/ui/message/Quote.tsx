import { useEffect } from 'react';
import { t } from '../../i18n/t';
import type { Message } from '../../sync/roomlog';
import css from './Message.module.css';

interface Props {
  seq: number;
  original: Message | undefined;
  onNeed(seq: number): void;
  onJump(seq: number): void;
}

const LONGEST = 200;

/** What a message answers, in one line; leads there. */
export function Quote({ seq, original, onNeed, onJump }: Props) {
  const known = original !== undefined;
  useEffect(() => {
    if (!known) onNeed(seq);
  }, [known, seq, onNeed]);
  return (
    <button type="button" className={css.quote} onClick={() => onJump(seq)} data-quote={seq}>
      {original && <bdi className={css.quoted}>{original.from.name}</bdi>}
      <bdi>{original ? original.text.slice(0, LONGEST) || t('deleted') : '…'}</bdi>
    </button>
  );
}
