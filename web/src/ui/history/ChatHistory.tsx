import { Suspense, useCallback, useMemo } from 'react';
import { t } from '../../i18n/t';
import type { Pending } from '../../sync/outbox';
import type { RoomView } from '../../sync/room';
import type { RoomLog } from '../../sync/roomlog';
import type { Mode } from '../composer/ChatInput';
import { later, unhurried } from '../kit/lazy';
import { copyRows } from '../message/copyRows';
import { OpenMenu } from '../message/OpenMenu';
import { useKnown } from '../message/useKnown';
import { useMessageMenu } from '../message/useMessageMenu';
import { useRights } from '../message/useRights';
import { useSession, useView } from '../shell/session';
import { toComposer } from '../shell/surfaces';
import { Beginning } from './Beginning';
import { JumpDown } from './JumpDown';
import { Over } from './Over';
import type { Common } from './Row';
import { isBare, isWhole } from './rows';
import { Rows } from './Rows';
import { Skeleton } from './Skeleton';
import { useActive } from './useActive';
import { useActs } from './useActs';
import { useOpenRoom, useReading } from './useReading';
import { useToday } from './useToday';
import css from './ChatHistory.module.css';

const EmptyState = later(() => import('./EmptyState'));
const ListKeys = later(unhurried(() => import('./ListKeys')));

interface Props {
  room: string;
  log: RoomLog;
  /** The seq of the message that the address names. */
  goal: number | null;
  pending: readonly Pending[];
  onMode(mode: Mode): void;
}

/** What was said in a room, as a list that never jumps. */
export function ChatHistory({ room: id, log, goal, pending, onMode }: Props) {
  const you = useView((s) => s.you);
  // The log is one object that changes within.
  useView(() => log.version);
  const posts = pending.filter((p) => p.change.op === 'post').length;
  const room = useOpenRoom(id);
  const reading = useReading({ id, log, room, elsewhere: goal !== null, posts });
  const { list, missed, trouble, forgive, jump, again, down, done } = reading;
  const { active, mark, listeners } = useActive();
  const { menu, openMenu, listeners: opening } = useMessageMenu();
  const acts = useActs({ room: id, log, onMode, mark, openMenu, jump });
  const common = useCommon(id, log, acts);
  const toBeginning = useCallback(() => again({ seq: 1, exact: false }), [again]);
  const leave = () => {
    down();
    // The button that was pressed is gone, and the focus needs a place.
    toComposer();
  };

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
          today={common.today}
          missed={missed}
          trouble={trouble}
          onEnd={leave}
          onRead={done}
          onAgain={again}
          onClose={forgive}
        />
        <Suspense fallback={null}>
          <Head log={log} lo={list.range.lo} room={room} posted={posts > 0} known={you.id !== ''} connected={common.connected} />
        </Suspense>
        <ol ref={list.content} className={css.content}>
          <Rows reading={reading} log={log} you={you} common={common} pending={pending} active={menu?.key ?? active} />
        </ol>
        <span tabIndex={-1} data-edge="" />
        {!list.isStuck && <JumpDown unseen={reading.unseen} onJump={leave} />}
      </div>
      <Suspense fallback={null}>
        <ListKeys scroller={list.scroller} hold={list.hold} toEnd={down} toBeginning={toBeginning} done={done} />
      </Suspense>
      {menu && <OpenMenu menu={menu} log={log} pending={pending} common={common} onClose={() => openMenu(null)} />}
    </section>
  );
}

function useCommon(room: string, log: RoomLog, acts: Common['acts']): Common {
  const session = useSession();
  const youId = useView((s) => s.you.id);
  const connected = useView((s) => s.seekingSince === null);
  const today = useToday();
  const rights = useRights(room);
  const known = useKnown(room, log);
  return useMemo(() => {
    const retry = (cid: string) => session.retry(cid);
    const drop = (cid: string) => session.drop(cid);
    return { room, youId, today, connected, rights, known, acts, retry, drop };
  }, [session, room, youId, today, connected, rights, known, acts]);
}

interface HeadProps {
  log: RoomLog;
  /** The first that is drawn. */
  lo: number;
  room: RoomView | null;
  posted: boolean;
  known: boolean;
  connected: boolean;
}

/** Over the messages: how the room began; or, when there are none (yet), in their place. */
function Head({ log, lo, room, posted, known, connected }: HeadProps) {
  const whole = isWhole(log) && lo === log.base;
  if (whole && room) return <Beginning room={room} first={log.at(log.base)} />;
  if (whole || posted) return null;
  if (known && log.last === 0) return <EmptyState />;
  if (known && !isBare(log)) return null;
  return connected || !known ? <Skeleton /> : <EmptyState away />;
}
