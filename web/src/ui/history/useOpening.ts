import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { RoomView } from '../../sync/room';
import type { Message, RoomLog } from '../../sync/roomlog';
import type { Session } from '../../sync/session';
import type { WindowedList } from './list/useWindowedList';
import { countNew, firstNew } from './rows';

/** What is unread may be slow to come; then the room is open at its end. */
const PATIENCE_MS = 6000;

/** What one had not read when one came, as long as one has not been down to the end. */
export interface Missed {
  count: number;
  since: number;
}

interface Parts {
  session: Session;
  log: RoomLog;
  /** The room as the server has spoken of it; null before that. */
  room: RoomView | null;
  /** The address names a message, and whoever brings one there settles it. */
  elsewhere: boolean;
  list: WindowedList;
  /** Nothing is told of where one reads. */
  quiet: { current: boolean };
  /** From now on it is. */
  settle(): void;
}

/**
 * Where a room is opened: at its end, or, where more is unread than fits a screen, at the first of it. Until that is settled
 * nothing is taken for read.
 */
export function useOpening({ session, log, room, elsewhere, list, quiet, settle }: Parts) {
  const { isStuck, toRow } = list;
  const asked = useRef(false);
  const [missed, setMissed] = useState<Missed | null>(null);
  const from = room?.unreadFrom ?? null;
  const unread = room?.unread ?? 0;
  const line = useLine(log, from);

  useLayoutEffect(() => {
    if (!quiet.current || elsewhere || room === null) return;
    const first = isStuck && from !== null ? firstNew(log, from) : null;
    if (from === null || first === null) return settle();
    if (first.kind === 'gap') {
      if (!asked.current) session.fetch(Math.max(first.seq, from));
      asked.current = true;
      return;
    }
    // The list tells where one reads once it is there.
    quiet.current = false;
    toRow(log.indexOfMessage(first.seq) ?? log.base, 'third');
    // oxlint-disable-next-line react/set-state-in-effect -- it has just been fetched and drawn, which no event tells
    setMissed({ count: Math.max(unread, countNew(log, from - 1)), since: first.ts });
    // oxlint-disable-next-line react/exhaustive-deps -- the log changes within
  }, [log.version, room === null, from, elsewhere, isStuck, settle, toRow]);

  useEffect(() => {
    if (elsewhere || room === null) return undefined;
    const timer = setTimeout(settle, PATIENCE_MS);
    return () => clearTimeout(timer);
    // oxlint-disable-next-line react/exhaustive-deps -- only whether it is there
  }, [elsewhere, room === null, settle]);

  // Whoever has been at the end has missed nothing any more.
  useEffect(() => {
    // oxlint-disable-next-line react/set-state-in-effect -- where one is in the list is known only once it is drawn
    if (isStuck) setMissed(null);
  }, [isStuck]);

  return { missed, line };
}

/** Found once and kept: what comes later never moves the line. */
function useLine(log: RoomLog, from: number | null): string | null {
  const found = useRef<{ from: number; first: Message } | null>(null);
  if (from === null) found.current = null;
  else if (found.current?.from !== from) {
    const first = firstNew(log, from);
    found.current = first?.kind === 'message' ? { from, first } : null;
  }
  return found.current?.first.key ?? null;
}
