// Whether one may write in a room, and when next. Pure: the time is handed in. The server has the last word.

import type { ServerInfo, You } from '../../sync/core';
import type { RoomView } from '../../sync/room';
import { holdsOffice, isMember } from '../../sync/roles';

export type WhyNot = { why: 'archived' | 'announcement' | 'members_only' } | { why: 'muted'; until: number };

export function whyNot(room: RoomView, you: You, server: ServerInfo, now: number): WhyNot | null {
  const { archived, kind, host } = room;
  if (archived) return { why: 'archived' };
  if (kind === 'announcement' && !host && you.role !== 'bot' && !holdsOffice(you.role)) return { why: 'announcement' };
  if ((you.muted_until ?? 0) > now) return { why: 'muted', until: you.muted_until ?? 0 };
  if (server.members_only && you.role === 'guest') return { why: 'members_only' };
  return null;
}

/** Whether @here and @room mean anybody when this person writes them. */
export const mayCallAll = (you: You, server: ServerInfo): boolean => you.role === 'bot' || isMember({ you, server });

/** For how long one waits between two messages; 0: not at all. */
export function slowOf(room: RoomView, you: You, server: ServerInfo): number {
  if (room.host || you.role === 'bot' || holdsOffice(you.role)) return 0;
  return Math.max(room.slow_ms, server.slow_ms);
}
