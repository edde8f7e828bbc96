import { useCallback, useLayoutEffect, useRef } from 'react';
import { alike, type RoomView } from '../../sync/room';
import type { RoomLog } from '../../sync/roomlog';
import { go, hrefOf } from '../shell/route';
import { useSession, useView } from '../shell/session';
import { useWindowedList } from './list/useWindowedList';
import { countNew } from './rows';
import { useJump } from './useJump';
import { useOpening } from './useOpening';

interface Parts {
  id: string;
  log: RoomLog;
  room: RoomView | null;
  /** The address names a message. */
  elsewhere: boolean;
  /** How many messages are still to be sent. */
  posts: number;
}

/** Where one reads in a room: where one is brought when one comes, where links lead, and the way back down. */
export function useReading({ id, log, room, elsewhere, posts }: Parts) {
  const session = useSession();
  const pivot = useRef(Infinity);
  const quiet = useRef(true);
  const onPivot = useCallback(
    (index: number) => {
      pivot.current = index;
      if (!quiet.current) session.reading(index);
    },
    [session],
  );
  const list = useWindowedList(log.base, log.end, onPivot);
  const { isStuck, toEnd } = list;
  /** From now on what is seen is read. */
  const settle = useCallback(() => {
    if (!quiet.current) return;
    quiet.current = false;
    session.reading(pivot.current);
  }, [session]);
  const { missed, line } = useOpening({ session, log, room, elsewhere, list, quiet, settle });
  const jumping = useJump(session, log, id, list, quiet);

  const down = useCallback(() => {
    toEnd();
    // At the end the page is the room again, and no longer a message in it.
    if (location.pathname !== hrefOf(id)) go(hrefOf(id), true);
  }, [toEnd, id]);
  const done = useCallback(() => {
    session.markRead(id);
    down();
  }, [session, id, down]);

  // Whoever says something wants to see it.
  const sentBefore = useRef(posts);
  useLayoutEffect(() => {
    if (posts > sentBefore.current) down();
    sentBefore.current = posts;
  }, [posts, down]);

  return { list, ...jumping, missed: isStuck ? null : missed, line, unseen: useUnseen(log, isStuck), down, done };
}

/** The room that is open in the session; null before the server has spoken of it. */
export function useOpenRoom(id: string): RoomView | null {
  // The session opens a room a moment after it is drawn. Before that it would take what it is told for the last one.
  return useView((s) => (s.room?.id === id && !s.remembered ? s.room : null), alike);
}

/** How much has come since one was at the end. */
function useUnseen(log: RoomLog, isStuck: boolean): number {
  const from = useRef(log.last);
  if (isStuck) from.current = log.last;
  return isStuck ? 0 : countNew(log, from.current);
}
