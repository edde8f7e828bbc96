// How much waits for me, in all rooms together. Pure.

import type { Level } from '../proto/v1';

/** What of a room counts for that, and for whether it rings. */
export interface RingRoom {
  id: string;
  kind: string;
  level: Level;
  read: number;
  unread: number;
  mentions: number;
}

/** What waits for me: `loud` is said to me, `quiet` is the rest that I want to know of. */
export interface Waiting {
  loud: number;
  quiet: number;
}

export function waitingIn(rooms: readonly RingRoom[]): Waiting {
  let loud = 0;
  let quiet = 0;
  for (const { kind, level, unread, mentions } of rooms) {
    if (level === 'none') continue;
    const mine = kind === 'direct' ? unread : mentions;
    loud += mine;
    if (level === 'all') quiet += Math.max(0, unread - mine);
  }
  return { loud, quiet };
}
