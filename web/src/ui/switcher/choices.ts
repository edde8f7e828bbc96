// What the switcher offers for what is typed, in order. Pure.

import { ranked } from '../../text/rank';

interface Place {
  id: string;
  title: string;
  kind: string;
  level: string;
  unread: number;
  mentions: number;
  lastTs: number;
  archived: boolean;
  peers: readonly { id: string; name: string }[];
}

interface Human {
  id: string;
  name: string;
  display?: string | undefined;
}

export type Choice<R extends Place = never> =
  | { kind: 'room'; room: [R] extends [never] ? import('../../sync/room').RoomView : R }
  | { kind: 'person'; id: string; name: string }
  | { kind: 'search' };

interface Asked<R> {
  query: string;
  rooms: readonly R[];
  people: readonly Human[];
  me: string;
  /** The room that is open: nobody needs to go there. */
  open: string;
}

const MOST = 30;
const DAY = 86_400_000;

/** Rooms by how well they fit; what is unread and what was recent comes first among those. Then people, then the search. */
export function choicesOf<R extends Place>({ query, rooms, people, me, open }: Asked<R>): Choice<R>[] {
  const newest = Math.max(0, ...rooms.map((r) => r.lastTs));
  const lift = (room: R): number => {
    const called = room.level === 'none' ? 0 : Math.min(3, room.mentions * 3 + (room.kind === 'direct' ? room.unread * 3 : 0));
    const unread = room.unread > 0 && room.level !== 'none' ? 4 : 0;
    const recent = Math.max(0, 3 - (newest - room.lastTs) / DAY);
    return called + unread + recent - (room.id === open ? 10 : 0) - (room.archived ? 8 : 0);
  };
  const found = ranked(query, rooms, (r) => r.title, lift).map((room) => ({ kind: 'room', room }) as Choice<R>);
  if (query.trim() === '') return found.slice(0, MOST);
  const spoken = new Set(rooms.filter((r) => r.kind === 'direct' && r.peers.length === 2).flatMap((r) => r.peers.map((p) => p.id)));
  const others = people.filter((p) => p.id !== me && !spoken.has(p.id));
  const humans = ranked(query, others, (p) => (p.display ? `${p.name} ${p.display}` : p.name), () => 0);
  const asPeople = humans.map(({ id, name }): Choice<R> => ({ kind: 'person', id, name }));
  return [...found.slice(0, MOST), ...asPeople.slice(0, MOST / 2), { kind: 'search' }];
}
