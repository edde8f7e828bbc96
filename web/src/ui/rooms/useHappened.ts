import { useRef } from 'react';
import type { RoomLog } from '../../sync/roomlog';
import { useView } from '../shell/session';

interface Seen {
  log: RoomLog | null;
  epoch: number;
  last: number;
  seq: number;
}

/** The seq of the newest thing of these kinds that has happened in a room since it is looked at; 0: nothing yet. */
export function useHappened(room: string, kinds: ReadonlySet<string>): number {
  const seen = useRef<Seen>({ log: null, epoch: 0, last: 0, seq: 0 });
  return useView((s) => {
    const log = s.rooms.find((r) => r.id === room)?.log ?? null;
    if (log !== seen.current.log || log?.epoch !== seen.current.epoch) {
      seen.current = { log, epoch: log?.epoch ?? 0, last: log?.last ?? 0, seq: 0 };
    }
    return log ? newest(log, kinds, seen.current) : 0;
  });
}

/** Only what has come since the last look is looked at. */
function newest(log: RoomLog, kinds: ReadonlySet<string>, seen: Seen): number {
  for (let i = log.entries.length - 1; i >= 0; i--) {
    const entry = log.entries[i];
    if (!entry || (entry.kind !== 'notices' && entry.seq <= seen.last)) break;
    if (entry.kind !== 'happening' || !kinds.has(entry.what)) continue;
    seen.seq = entry.seq;
    break;
  }
  seen.last = log.last;
  return seen.seq;
}
