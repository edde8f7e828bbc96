import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { RoomLog } from '../../sync/roomlog';
import type { Session } from '../../sync/session';
import { go, hrefOf, useRoute } from '../shell/route';
import type { WindowedList } from './list/useWindowedList';
import { nearest } from './rows';

/** How long a message that one jumped to is marked. */
const FLASH_MS = 2000;
/** So long it may take to fetch it before one is told. */
const PATIENCE_MS = 8000;

export interface Goal {
  seq: number;
  /** Whether it is a message that is meant, or only a place. */
  exact: boolean;
}

/** What came in the way of a jump. */
export type Trouble = { what: 'missing' | 'deleted' } | { what: 'late'; goal: Goal };

interface Jumping {
  /** The message that is marked at the moment. */
  flash: number | null;
  trouble: Trouble | null;
  forgive(): void;
  /** To a message of this room, which becomes the page's address. */
  jump(seq: number): void;
  again(goal: Goal): void;
}

/**
 * Goes to the message that the address names, each time that it is gone to anew, and to others that are asked for. What is
 * not held is fetched first. `quiet`: until one is there nothing is told of where one reads.
 */
export function useJump(session: Session, log: RoomLog, roomId: string, list: WindowedList, quiet: { current: boolean }): Jumping {
  const { toRow, toEnd } = list;
  const route = useRoute();
  const [goal, setGoal] = useState<Goal | null>(null);
  const [flash, setFlash] = useState<number | null>(null);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const known = log.last > 0;

  const start = useCallback(
    (next: Goal) => {
      setTrouble(null);
      if (log.gapAt(next.seq)) session.fetch(next.seq);
      setGoal(next);
    },
    [session, log],
  );

  const visited = useRef<unknown>(null);
  useEffect(() => {
    if (!known || visited.current === route || route.at !== 'room') return;
    const first = visited.current === null;
    visited.current = route;
    const place = placeIn(history.state);
    // oxlint-disable react/set-state-in-effect -- the address is outside, and the log comes later than it
    if (route.seq !== null) start({ seq: route.seq, exact: true });
    else if (place !== null) start({ seq: place, exact: false });
    else if (!first) toEnd();
    // oxlint-enable react/set-state-in-effect
  }, [known, route, start, toEnd]);

  useLayoutEffect(() => {
    if (goal === null || log.gapAt(goal.seq)) return;
    const index = log.indexOfMessage(goal.seq);
    const found = log.find(goal.seq);
    quiet.current = false;
    toRow(index ?? nearest(log, goal.seq));
    // oxlint-disable react/set-state-in-effect -- it has just been fetched and drawn, which no event tells
    setGoal(null);
    if (goal.exact && found) setFlash(goal.seq);
    if (goal.exact && (!found || found.deleted)) setTrouble({ what: found ? 'deleted' : 'missing' });
    // oxlint-enable react/set-state-in-effect
    // oxlint-disable-next-line react/exhaustive-deps -- the log changes within
  }, [goal, log.version, toRow, quiet]);

  useEffect(() => {
    if (goal === null) return undefined;
    const timer = setTimeout(() => {
      setGoal(null);
      setTrouble({ what: 'late', goal });
    }, PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [goal]);

  useEffect(() => {
    if (flash === null) return undefined;
    const timer = setTimeout(() => setFlash(null), FLASH_MS);
    return () => clearTimeout(timer);
  }, [flash]);

  const jump = useCallback(
    (seq: number) => {
      // So that the way back leads to where one was.
      history.replaceState({ place: readAt(list.scroller.current) }, '');
      go(hrefOf(roomId, seq));
    },
    [roomId, list.scroller],
  );
  const forgive = useCallback(() => setTrouble(null), []);
  return { flash, trouble, forgive, jump, again: start };
}

function placeIn(state: unknown): number | null {
  const place = (state as { place?: unknown } | null)?.place;
  return typeof place === 'number' ? place : null;
}

/** The seq of the message across the middle of the view; undefined at the end, to which one comes back anyway. */
function readAt(box: HTMLElement | null): number | undefined {
  if (!box || box.scrollHeight - box.clientHeight - box.scrollTop < 90) return undefined;
  const line = box.getBoundingClientRect().top + box.clientHeight / 2;
  const rows = [...box.querySelectorAll<HTMLElement>('[data-seq]')];
  const seq = Number(rows.find((row) => row.getBoundingClientRect().bottom > line)?.dataset.seq);
  return seq > 0 ? seq : undefined;
}
