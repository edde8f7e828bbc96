// Whether one may write in a room, and when next. Pure: the time is handed in. The server has the last word.

import type { ServerInfo, You } from '../../sync/core';
import type { RoomView } from '../../sync/room';
import { LOBBY } from '../../proto/v1';

export type WhyNot = { why: 'archived' | 'announcement' | 'members_only' } | { why: 'muted'; until: number };

const OFFICES = new Set(['moderator', 'admin', 'owner']);
/** A mute without an end is told as one. */
export const FOR_EVER = 8_640_000_000_000_000;

const isMember = (you: You, server: ServerInfo): boolean => you.role !== 'guest' || server.guests === 'all';

export function whyNot(room: RoomView, you: You, server: ServerInfo, now: number): WhyNot | null {
  const { archived, kind, host } = room;
  if (archived) return { why: 'archived' };
  if (kind === 'announcement' && !host && you.role !== 'bot' && !OFFICES.has(you.role)) return { why: 'announcement' };
  if ((you.muted_until ?? 0) > now) return { why: 'muted', until: you.muted_until ?? 0 };
  if (server.members_only && you.role === 'guest') return { why: 'members_only' };
  return null;
}

/** Whether @here and @room mean anybody when this person writes them. */
export const mayCallAll = (you: You, server: ServerInfo): boolean => isMember(you, server);

export const mayAdd = (room: RoomView, you: You, server: ServerInfo): boolean =>
  room.kind !== 'direct' && room.id !== LOBBY && isMember(you, server);

/** For how long one waits between two messages; 0: not at all. */
export function slowOf(room: RoomView, you: You, server: ServerInfo): number {
  if (room.host || you.role === 'bot' || OFFICES.has(you.role)) return 0;
  return Math.max(room.slow_ms, server.slow_ms);
}
