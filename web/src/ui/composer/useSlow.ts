import { useEffect, useState } from 'react';
import type { RoomView } from '../../sync/room';
import type { RoomLog } from '../../sync/roomlog';
import { useView } from '../shell/session';
import { slowOf } from './rights';

/** When this page last said something in a room, by its own clock. */
const saidAt = new Map<string, number>();

export const noteSaid = (room: string): void => void saidAt.set(room, Date.now());

/** Seconds until one may say something again in a room with slow mode; 0: now. */
export function useSlow(room: RoomView | null): number {
  const you = useView((s) => s.you);
  const server = useView((s) => s.server);
  const [now, setNow] = useState(Date.now);
  const slow = room ? slowOf(room, you, server) : 0;
  // What one says in another tab or elsewhere counts, too.
  useView(() => (slow > 0 ? room?.log.version : 0));
  const last = slow > 0 && room ? Math.max(saidAt.get(room.id) ?? 0, lastOwn(room.log)) : 0;
  // By the server's clock one may have spoken a moment from now; the server has the last word anyway.
  const left = Math.max(0, Math.min(slow, last + slow - now));
  useEffect(() => {
    const timer = setTimeout(() => setNow(Date.now()));
    return () => clearTimeout(timer);
  }, [last, slow]);
  useEffect(() => {
    if (left === 0) return undefined;
    const timer = setTimeout(() => setNow(Date.now()), left % 1000 || 1000);
    return () => clearTimeout(timer);
  }, [left, now]);
  return Math.ceil(left / 1000);
}

function lastOwn(log: RoomLog): number {
  const last = log.entries.findLast((e) => e.kind === 'message' && e.mine);
  return last?.kind === 'message' ? last.ts : 0;
}
