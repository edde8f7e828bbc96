import { Suspense, useCallback, useLayoutEffect, useMemo, useRef } from 'react';
import { t } from '../../i18n/t';
import type { Pending } from '../../sync/outbox';
import type { RoomLog } from '../../sync/roomlog';
import type { Mode } from '../composer/ChatInput';
import { copyRows } from '../message/copyRows';
import type { Acts } from '../message/Message';
import { OpenMenu } from '../message/OpenMenu';
import { nameIn, useKnown } from '../message/useKnown';
import { useMessageMenu } from '../message/useMessageMenu';
import { useRights } from '../message/useRights';
import { later } from '../kit/lazy';
import { go, hrefOf } from '../shell/route';
import { useSession, useView } from '../shell/session';
import { show } from '../shell/surface';
import { toComposer } from '../shell/surfaces';
import { Beginning } from './Beginning';
import { EmptyState } from './EmptyState';
import { JumpDown } from './JumpDown';
import { useWindowedList } from './list/useWindowedList';
import { Over } from './Over';
import { countNew, isBare, isWhole } from './rows';
import { Rows } from './Rows';
import { Skeleton } from './Skeleton';
import { useActive } from './useActive';
import { useJump } from './useJump';
import { useOpening } from './useOpening';
import { useToday } from './useToday';
import css from './ChatHistory.module.css';

const ListKeys = later(() => import('./ListKeys'));

interface Props {
  room: string;
  log: RoomLog;
  /** The seq of the message that the address names. */
  goal: number | null;
  pending: readonly Pending[];
  onMode(mode: Mode): void;
}

export function ChatHistory({ room: id, log, goal, pending, onMode }: Props) {
  const session = useSession();
  const you = useView((s) => s.you);
  const connected = useView((s) => s.seekingSince === null);
  // The session opens a room a moment after it is drawn; before that it would take what is told of it for the last one.
  const room = useView((s) => (s.room?.id === id ? s.room : null));
  // The log is one object that changes within.
  useView(() => log.version);
  const today = useToday();

  const tell = useCallback((pivot: number) => session.reading(pivot), [session]);
  const pivot = useRef(Infinity);
  const quiet = useRef(true);
  const onPivot = useCallback(
    (index: number) => {
      pivot.current = index;
      if (!quiet.current) tell(index);
    },
    [tell],
  );
  const list = useWindowedList(log.base, log.end, onPivot);
  const { range, isStuck, toEnd } = list;
  const fresh = useView((s) => !s.remembered);
  /** From now on what is seen is read. */
  const settle = useCallback(() => {
    if (!quiet.current) return;
    quiet.current = false;
    tell(pivot.current);
  }, [tell]);
  const { missed, line } = useOpening({ session, log, room: fresh ? room : null, elsewhere: goal !== null, list, quiet, settle });
  const { flash, trouble, forgive, jump, again } = useJump(session, log, id, list, quiet);
  const { active, mark, listeners } = useActive();
  const { menu, openMenu, listeners: opening } = useMessageMenu();
  const rights = useRights(id);
  const known = useKnown(id, log);

  const down = useCallback(() => {
    toEnd();
    if (location.pathname !== hrefOf(id)) go(hrefOf(id), true);
  }, [toEnd, id]);
  const done = useCallback(() => {
    session.markRead(id);
    down();
  }, [session, id, down]);
  const toBeginning = useCallback(() => jump(1), [jump]);

  // Whoever says something wants to see it.
  const posts = pending.filter((p) => p.change.op === 'post');
  const sentBefore = useRef(posts.length);
  useLayoutEffect(() => {
    if (posts.length > sentBefore.current) down();
    sentBefore.current = posts.length;
  }, [posts.length, down]);

  const acts = useMemo<Acts>(
    () => ({
      react: (m, emoji, on) => session.change({ op: on ? 'react' : 'unreact', target: m.seq, emoji }),
      pick: (m) => show('react', { message: m }),
      pin: (m) => session.change({ op: m.pinned ? 'unpin' : 'pin', target: m.seq }),
      reply: (m) => onMode({ kind: 'reply', message: m }),
      edit: (m) => onMode({ kind: 'edit', message: m }),
      delete: (m) => show('delete', { message: m }),
      menu: (m, at) => openMenu({ key: m.key, at }),
      unread: (m) => session.markUnread(m.seq),
      close: () => mark(null),
      need: (seq) => session.quoted(seq),
      jump,
      nameOf: (person) => nameIn(log, session.current().rooms.find((r) => r.id === id)?.people.list ?? [], person),
    }),
    [session, id, log, onMode, mark, openMenu, jump],
  );
  const retry = useCallback((cid: string) => session.retry(cid), [session]);
  const drop = useCallback((cid: string) => session.drop(cid), [session]);
  const common = useMemo(
    () => ({ room: id, youId: you.id, today, connected, rights, known, acts, retry, drop }),
    [id, you.id, today, connected, rights, known, acts, retry, drop],
  );

  // What was the last one while one stood at the end is not new.
  const newFrom = useRef(log.last);
  if (isStuck) newFrom.current = log.last;
  const unseen = isStuck ? 0 : countNew(log, newFrom.current);
  const leave = () => {
    down();
    // The button that was pressed is gone, and the focus needs a place.
    toComposer();
  };
  const whole = isWhole(log) && range.lo === log.base;

  return (
    <section className={css.history} aria-labelledby="history-heading">
      <h2 id="history-heading" className="unseen">
        {t('history')}
      </h2>
      <span tabIndex={-1} data-edge="" />
      {/* oxlint-disable jsx-a11y/no-noninteractive-element-interactions -- its rows are what one acts on */}
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
        {...opening}
        onCopy={(e) => copyRows(e, log)}
      >
        {/* What lies over the list is in it, so that the wheel turns the list there, too. */}
        <Over
          scroller={list.scroller}
          today={today}
          missed={isStuck ? null : missed}
          trouble={trouble}
          onEnd={leave}
          onRead={done}
          onAgain={again}
          onClose={forgive}
        />
        <Head log={log} posted={posts.length > 0} known={you.id !== ''} connected={connected} whole={whole} />
        {whole && room && <Beginning room={room} first={log.at(log.base)} />}
        <ol ref={list.content} className={css.content}>
          <Rows list={list} log={log} you={you} common={common} pending={pending} line={line} flash={flash} active={menu?.key ?? active} />
        </ol>
        <span tabIndex={-1} data-edge="" />
        {!isStuck && <JumpDown unseen={unseen} onJump={leave} />}
      </div>
      <Suspense fallback={null}>
        <ListKeys scroller={list.scroller} hold={list.hold} toEnd={down} toBeginning={toBeginning} done={done} />
      </Suspense>
      {menu && <OpenMenu menu={menu} log={log} pending={pending} common={common} onClose={() => openMenu(null)} />}
    </section>
  );
}

interface HeadProps {
  log: RoomLog;
  posted: boolean;
  known: boolean;
  connected: boolean;
  whole: boolean;
}

/** In the place of the messages, when there are none (yet). */
function Head({ log, posted, known, connected, whole }: HeadProps) {
  if (posted || (whole && log.entries.length > 0)) return null;
  if (known && log.last === 0) return <EmptyState />;
  if (!isBare(log) && known) return null;
  return connected || !known ? <Skeleton /> : <EmptyState away />;
}
