import { useLayoutEffect, useRef, type ReactNode } from 'react';
import { dayLabel, dayOf } from '../i18n/time';
import { t, tn } from '../i18n/t';
import type { Pending } from '../sync/outbox';
import type { Entry, Message as Said, RoomLog } from '../sync/roomlog';
import type { Session, Snapshot } from '../sync/session';
import { EmptyState } from './EmptyState';
import { DownIcon } from './icons';
import { useWindowedList } from './list/useWindowedList';
import { Message } from './Message';
import { Anew, Missed, Notice } from './Notice';
import { SendState } from './SendState';
import { useToday } from './useToday';
import css from './ChatHistory.module.css';
import divider from './Divider.module.css';

/** Messages of one author this near to each other are one group. */
const GROUP_MS = 5 * 60_000;

interface Props {
  session: Session;
  snapshot: Snapshot;
  /** After the button that leads to the end is gone, the focus needs a place. */
  onLeave(): void;
}

export function ChatHistory({ session, snapshot, onLeave }: Props) {
  const { log, pending, you } = snapshot;
  const today = useToday();
  const list = useWindowedList(log.base, log.end);
  const { range, isStuck, newFrom, toEnd } = list;

  // Whoever says something wants to see it.
  const sentBefore = useRef(pending.length);
  useLayoutEffect(() => {
    if (pending.length > sentBefore.current) toEnd();
    sentBefore.current = pending.length;
  }, [pending.length, toEnd]);

  const rows: ReactNode[] = [];
  let said = lastSaid(log, range.lo);
  let before = log.at(range.lo - 1);
  for (let i = range.lo; i < range.hi; i++) {
    const entry = log.at(i);
    if (!entry) continue;
    rows.push(
      <li key={entry.key}>
        {entry.kind === 'message' && <Day ts={entry.ts} before={said?.ts} today={today} />}
        <Row entry={entry} before={before} />
      </li>,
    );
    if (entry.kind === 'message') said = entry;
    before = entry;
  }
  if (range.hi === log.end) {
    for (const item of pending) {
      const own: Said = { kind: 'message', key: item.cid, seq: 0, from: you, mine: true, text: item.text, ts: item.ts };
      rows.push(
        <li key={item.cid}>
          <Day ts={own.ts} before={said?.ts} today={today} />
          <Row entry={own} before={before} pending={item} />
          <SendState
            item={item}
            connected={snapshot.seekingSince === null}
            onRetry={(cid) => session.retry(cid)}
            onDelete={(cid) => session.drop(cid)}
          />
        </li>,
      );
      said = before = own;
    }
  }

  const unseen = isStuck ? 0 : countNew(log, newFrom);
  const leave = () => {
    toEnd();
    onLeave();
  };

  return (
    <section className={css.history} aria-labelledby="history-heading">
      <h2 id="history-heading" className={`label ${css.heading}`}>
        {t('history')}
      </h2>
      {/* Read aloud by the Announcer instead: a live log would also read what is only drawn again while scrolling. */}
      <div
        ref={list.scroller}
        className={css.scroller}
        onScroll={list.onScroll}
        role="log"
        aria-live="off"
        aria-labelledby="history-heading"
        tabIndex={0}
      >
        {!said && you.id !== '' && <EmptyState />}
        <ol ref={list.content} className={css.content}>
          {rows}
        </ol>
      </div>
      {!isStuck && (
        <button type="button" className={unseen > 0 ? css.jump : `${css.jump} ${css.quiet}`} onClick={leave}>
          <DownIcon />
          <span className={unseen > 0 ? undefined : 'unseen'}>{unseen > 0 ? tn('new_messages', unseen) : t('to_end')}</span>
        </button>
      )}
    </section>
  );
}

function Row({ entry, before, pending }: { entry: Entry; before: Entry | undefined; pending?: Pending }) {
  switch (entry.kind) {
    case 'message':
      return (
        <Message
          id={entry.from.id}
          name={entry.from.name}
          visitor={entry.from.visitor === true}
          text={entry.text}
          ts={entry.ts}
          mine={entry.mine}
          head={!follows(entry, before)}
          waiting={pending !== undefined}
        />
      );
    case 'notices':
      return <Notice items={entry.items} />;
    case 'gap':
      return <Missed count={entry.last - entry.first + 1} />;
    case 'anew':
      return <Anew />;
  }
}

function Day({ ts, before, today }: { ts: number; before: number | undefined; today: number }) {
  if (before !== undefined && dayOf(before) === dayOf(ts)) return null;
  return (
    <h3 className={divider.day}>
      <span>{dayLabel(ts, today)}</span>
    </h3>
  );
}

function follows(entry: Said, before: Entry | undefined): boolean {
  return (
    before?.kind === 'message' &&
    before.from.id === entry.from.id &&
    before.from.name === entry.from.name &&
    Math.abs(entry.ts - before.ts) < GROUP_MS &&
    dayOf(before.ts) === dayOf(entry.ts)
  );
}

function lastSaid(log: RoomLog, before: number): Said | undefined {
  for (let i = before - 1; i >= log.base; i--) {
    const entry = log.at(i);
    if (entry?.kind === 'message') return entry;
  }
  return undefined;
}

function countNew(log: RoomLog, from: number): number {
  let count = 0;
  for (let i = Math.max(from, log.base); i < log.end; i++) {
    const entry = log.at(i);
    if (entry?.kind === 'message' && !entry.mine) count++;
  }
  return count;
}
