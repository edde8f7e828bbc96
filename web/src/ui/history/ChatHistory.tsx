import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { dayLabel, dayOf } from '../../i18n/time';
import { t, tn } from '../../i18n/t';
import type { Pending } from '../../sync/outbox';
import { byTarget, overlaid, pendingMessage } from '../../sync/overlay';
import type { Entry, Happening, Message as Said, RoomLog } from '../../sync/roomlog';
import type { Session } from '../../sync/session';
import type { Mode } from '../composer/ChatInput';
import { EmptyState } from './EmptyState';
import { GapRow } from './GapRow';
import { Happened } from './Happened';
import { DownIcon } from '../kit/icons';
import { useWindowedList } from './list/useWindowedList';
import { useSession, useView } from '../shell/session';
import { show } from '../shell/surface';
import { toComposer } from '../shell/surfaces';
import { Message, type Acts } from '../message/Message';
import { Notice } from './Notice';
import { SendState } from '../message/SendState';
import { useToday } from './useToday';
import { useShortcut } from '../shortcuts/useShortcut';
import css from './ChatHistory.module.css';
import divider from '../kit/Divider.module.css';

/** Messages of one author this near to each other are one group. */
const GROUP_MS = 5 * 60_000;
/** How long a message that one jumped to is marked. */
const FLASH_MS = 2000;

interface Props {
  log: RoomLog;
  /** The seq of the message that the address names. */
  goal: number | null;
  pending: readonly Pending[];
  onMode(mode: Mode): void;
}

export function ChatHistory({ log, goal, pending, onMode }: Props) {
  const session = useSession();
  const you = useView((s) => s.you);
  const connected = useView((s) => s.seekingSince === null);
  // The log is one object that changes within.
  useView(() => log.version);
  const today = useToday();
  const onPivot = useCallback((pivot: number) => session.reading(pivot), [session]);
  const list = useWindowedList(log.base, log.end, onPivot);
  const { range, isStuck, toEnd, toRow } = list;
  const { active, mark, listeners } = useActive();
  const { flash, jump } = useJump(session, log, goal, toRow);

  // Whoever says something wants to see it.
  const posts = pending.filter((p) => p.change.op === 'post');
  const sentBefore = useRef(posts.length);
  useLayoutEffect(() => {
    if (posts.length > sentBefore.current) toEnd();
    sentBefore.current = posts.length;
  }, [posts.length, toEnd]);

  const acts = useMemo<Acts>(
    () => ({
      react: (m, emoji, on) => session.change({ op: on ? 'react' : 'unreact', target: m.seq, emoji }),
      pin: (m) => session.change({ op: m.pinned ? 'unpin' : 'pin', target: m.seq }),
      reply: (m) => onMode({ kind: 'reply', message: m }),
      edit: (m) => onMode({ kind: 'edit', message: m }),
      delete: (m) => show('delete', { message: m }),
      close: () => mark(null),
      need: (seq) => session.quoted(seq),
      jump,
    }),
    [session, onMode, mark, jump],
  );
  const retry = useCallback((cid: string) => session.retry(cid), [session]);
  const drop = useCallback((cid: string) => session.drop(cid), [session]);
  const need = useCallback((seq: number) => session.fill(seq), [session]);
  const original = (m: Said) => (m.replyTo === null ? undefined : log.find(m.replyTo));

  const changes = byTarget(pending);
  const rows: ReactNode[] = [];
  let said = lastSaid(log, range.lo);
  let before = log.at(range.lo - 1);
  for (let i = range.lo; i < range.hi; i++) {
    const entry = log.at(i);
    if (!entry) continue;
    if (entry.kind !== 'message') {
      const run = runAt(log, i, range.hi);
      rows.push(
        <li key={entry.key} data-index={i} data-passing="">
          {entry.kind === 'gap' && <GapRow gap={entry} root={list.scroller} onNeed={need} />}
          {entry.kind === 'notices' && <Notice items={entry.items} />}
          {entry.kind === 'happening' && <Happened run={run} onJump={jump} />}
        </li>,
      );
      before = entry;
      i += run.length > 0 ? run.length - 1 : 0;
      continue;
    }
    const items = changes.get(entry.seq);
    const m = overlaid(entry, items, you.id);
    rows.push(
      <li key={m.key} data-index={i} className={m.seq === flash ? css.flash : undefined}>
        <Day ts={m.ts} before={said?.ts} today={today} />
        <Message
          m={m}
          youId={you.id}
          head={!follows(entry, before)}
          waiting={items?.some((p) => p.state !== 'failed') === true}
          active={m.key === active}
          acts={acts}
          original={original(m)}
        />
        {items
          ?.filter((p) => p.state === 'failed')
          .map((p) => <SendState key={p.cid} item={p} connected={connected} onRetry={retry} onDelete={drop} />)}
      </li>,
    );
    said = before = entry;
  }
  if (range.hi === log.end) {
    for (const item of posts) {
      const own = pendingMessage(item, you);
      rows.push(
        <li key={item.cid}>
          <Day ts={own.ts} before={said?.ts} today={today} />
          <Message
            m={own}
            youId={you.id}
            head={!follows(own, before)}
            waiting
            active={false}
            acts={acts}
            original={original(own)}
          />
          <SendState item={item} connected={connected} onRetry={retry} onDelete={drop} />
        </li>,
      );
      said = before = own;
    }
  }

  // What was the last one while one stood at the end is not new.
  const newFrom = useRef(log.last);
  if (isStuck) newFrom.current = log.last;
  const unseen = isStuck ? 0 : countNew(log, newFrom.current);
  const leave = () => {
    toEnd();
    // The button that was pressed is gone, and the focus needs a place.
    toComposer();
  };
  const beginning = log.last > 0 && range.lo === log.base && log.at(log.base)?.kind !== 'gap';

  return (
    <section className={css.history} aria-labelledby="history-heading">
      <h2 id="history-heading" className="unseen">
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
        {...listeners}
      >
        {rows.length === 0 && you.id !== '' && <EmptyState />}
        {beginning && rows.length > 0 && <p className={css.beginning}>{t('beginning')}</p>}
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

/** The message that the pointer is over, or the focus in: it alone shows what can be done with it. */
function useActive() {
  const [active, mark] = useState<string | null>(null);
  useShortcut('message_move');
  const listeners = useMemo(() => {
    const over = (e: { target: unknown }): string | null =>
      (e.target as Element).closest<HTMLElement>('[data-message]')?.dataset.key ?? null;
    return {
      onMouseOver: (e: { target: unknown }) => matchMedia('(hover: hover)').matches && mark(over(e)),
      onMouseLeave: () => matchMedia('(hover: hover)').matches && mark(null),
      onFocus: (e: { target: unknown }) => {
        // By keyboard: a finger's touch gives the focus, too, and its click is what counts.
        const key = over(e);
        if (key !== null && (e.target as Element).matches(':focus-visible')) mark(key);
      },
      onClick: (e: { target: unknown }) => {
        const inside = (e.target as Element).closest('a, button') !== null;
        if (!inside && !matchMedia('(hover: hover)').matches) mark((was) => (was === over(e) ? null : over(e)));
      },
      onKeyDown: (e: { key: string; target: unknown; currentTarget: unknown; preventDefault(): void }) => {
        if (e.key === 'ArrowUp' || e.key === 'ArrowDown') step(e, e.key === 'ArrowUp' ? -1 : 1);
      },
    };
  }, []);
  return { active, mark, listeners };
}

/** The focus goes from message to message. Entered from the list itself it begins with the newest. */
function step(e: { target: unknown; currentTarget: unknown; preventDefault(): void }, by: 1 | -1): void {
  const all = [...(e.currentTarget as Element).querySelectorAll<HTMLElement>('[data-message][tabindex]')];
  const at = all.indexOf((e.target as Element).closest<HTMLElement>('[data-message]') as HTMLElement);
  const next = at < 0 ? (by < 0 ? all.at(-1) : undefined) : all[at + by];
  if (!next) return;
  e.preventDefault();
  next.focus();
  next.scrollIntoView({ block: 'nearest' });
}

/** To a message that may not be held: fetched first, then shown and marked for a moment. */
function useJump(session: Session, log: RoomLog, first: number | null, toRow: (index: number) => void) {
  const [goal, setGoal] = useState<number | null>(null);
  const [flash, setFlash] = useState<number | null>(null);
  const index = goal === null ? null : log.indexOfMessage(goal);
  useLayoutEffect(() => {
    if (goal === null || index === null) return;
    toRow(index);
    // oxlint-disable-next-line react/set-state-in-effect -- it has just been fetched and drawn, which no event tells
    setFlash(goal);
    setGoal(null);
  }, [goal, index, toRow]);
  useEffect(() => {
    if (flash === null) return undefined;
    const timer = setTimeout(() => setFlash(null), FLASH_MS);
    return () => clearTimeout(timer);
  }, [flash]);
  const jump = useCallback(
    (seq: number) => {
      if (!log.find(seq)) session.fetch(seq);
      setGoal(seq);
    },
    [session, log],
  );
  const there = log.last > 0;
  useEffect(() => {
    // oxlint-disable-next-line react/set-state-in-effect -- the address is outside, and the log comes later than it
    if (there && first !== null) jump(first);
  }, [there, first, jump]);
  return { flash, jump };
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
    entry.replyTo === null &&
    before.from.id === entry.from.id &&
    before.from.name === entry.from.name &&
    Math.abs(entry.ts - before.ts) < GROUP_MS &&
    dayOf(before.ts) === dayOf(entry.ts)
  );
}

const isMove = (e: Entry | undefined): e is Happening =>
  e?.kind === 'happening' && (e.what === 'joined' || e.what === 'left');

/** Comings and goings in a row are told together; everything else for itself. */
function runAt(log: RoomLog, from: number, end: number): Happening[] {
  const first = log.at(from);
  if (first?.kind !== 'happening') return [];
  const run = [first];
  for (let i = from + 1; isMove(first) && i < end; i++) {
    const next = log.at(i);
    if (!isMove(next)) break;
    run.push(next);
  }
  return run;
}

function lastSaid(log: RoomLog, before: number): Said | undefined {
  for (let i = before - 1; i >= log.base; i--) {
    const entry = log.at(i);
    if (entry?.kind === 'message') return entry;
  }
  return undefined;
}

function countNew(log: RoomLog, after: number): number {
  let count = 0;
  for (let i = log.end - 1; i >= log.base; i--) {
    const entry = log.at(i);
    if (!entry || entry.seq <= after) break;
    if (entry.kind === 'message' && !entry.mine && !entry.deleted) count++;
  }
  return count;
}
