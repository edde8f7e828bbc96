import { memo } from 'react';
import type { Pending } from '../../sync/outbox';
import { overlaid } from '../../sync/overlay';
import type { Entry, Message as Said } from '../../sync/roomlog';
import { NOBODY, type Known } from '../../text/markdown';
import { Message, type Acts } from '../message/Message';
import type { Rights } from '../message/rights';
import { SendState } from '../message/SendState';
import { DayDivider } from './DayDivider';
import { follows, sameDay } from './rows';
import { UnreadLine } from './UnreadLine';
import css from './ChatHistory.module.css';

/** What could name somebody: all else need not be drawn again when somebody new is known. */
const NAMES = /[@#]/;

/** What all rows of a list have in common. The same object until something in it changes. */
export interface Common {
  room: string;
  youId: string;
  today: number;
  connected: boolean;
  rights: Rights;
  known: Known;
  acts: Acts;
  retry(cid: string): void;
  drop(cid: string): void;
}

interface Props {
  common: Common;
  entry: Said;
  /** Its absolute index; undefined for what is only in the outbox. */
  index?: number;
  /** What stands above it, and the last message above it. */
  before: Entry | undefined;
  said: Said | undefined;
  /** The first of those that are new. */
  isNew: boolean;
  flash: boolean;
  active: boolean;
  original: Said | undefined;
  /** What is in the outbox for it, or, if that is all there is, it itself. */
  items: readonly Pending[] | undefined;
}

/**
 * One message, with what stands over it. Compared by the identity of what it is made from, so that a new message costs the
 * drawing of one row.
 */
export const Row = memo(function Row({ common, entry, index, before, said, isNew, flash, active, original, items }: Props) {
  const { youId, today, connected, rights, known, acts } = common;
  const posted = index === undefined;
  const m = posted ? entry : overlaid(entry, items, youId);
  const day = said === undefined || !sameDay(said.ts, entry.ts);
  const told = posted ? items : items?.filter((p) => p.state === 'failed');
  return (
    <li data-index={index} data-seq={posted ? undefined : entry.seq} data-ts={entry.ts} className={flash ? css.flash : undefined} data-flash={flash ? '' : undefined}>
      {day && <DayDivider ts={entry.ts} today={today} room={common.room} />}
      {isNew && <UnreadLine />}
      <Message
        m={m}
        youId={youId}
        head={day || isNew || !follows(entry, before)}
        waiting={posted || items?.some((p) => p.state !== 'failed') === true}
        active={active}
        rights={rights}
        acts={acts}
        known={NAMES.test(m.text) ? known : NOBODY}
        original={original}
      />
      {told?.map((p) => (
        <SendState key={p.cid} item={p} connected={connected} onRetry={common.retry} onDelete={common.drop} />
      ))}
    </li>
  );
});
