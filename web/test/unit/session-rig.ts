// What the tests of a session share: a session on a fake hub, and short words for what it knows.

import { vi } from 'vitest';
import { Session, type Keep } from '../../src/sync/session';
import type { Hub } from './fake-hub';

export function memory(): Keep & { map: Map<string, string> } {
  const map = new Map<string, string>();
  return { map, get: (k) => map.get(k) ?? null, set: (k, v) => void map.set(k, v) };
}

let made = 0;
export function start(hub: Hub, keep = memory(), active = true) {
  const session = new Session({
    url: 'ws://test/ws',
    keep,
    schedule: (run) => void setTimeout(run, 16),
    randomHex: () => (++made).toString(16).padStart(32, '0'),
    active,
    wire: hub.open,
  });
  session.start();
  return session;
}

export const wait = (ms: number) => vi.advanceTimersByTimeAsync(ms);
export const roomOf = (s: Session, id = 'lobby') => s.current().rooms.find((r) => r.id === id)!;
export const texts = (s: Session, id = 'lobby') => roomOf(s, id).log.entries.flatMap((e) => (e.kind === 'message' ? [e.text] : []));
export const kinds = (s: Session, id = 'lobby') =>
  roomOf(s, id).log.entries.map((e) => (e.kind === 'gap' ? `${e.seq}-${e.last}` : e.kind));
export const pending = (s: Session, id = 'lobby') => roomOf(s, id).pending;
export const done = () => vi.fn<(result: unknown) => void>();

/** A second room in which `me` is, too. */
export function garden(hub: Hub, id = 'garden') {
  const room = hub.core.addRoom(id, id[0]!.toUpperCase() + id.slice(1));
  hub.core.append(room, { id: 'bob', name: 'Bob' }, { ev: 'created', name: room.name });
  hub.core.append(room, { id: 'me', name: 'Me' }, { ev: 'joined' });
  return room;
}
