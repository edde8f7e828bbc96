// Whom and what the texts of a room can name, and what somebody is called who is only known by an id.

import { useMemo, useRef } from 'react';
import type { RoomLog } from '../../sync/roomlog';
import { foldName, NOBODY, type Known } from '../../text/markdown';
import { useView } from '../shell/session';

const nobody: readonly never[] = [];

/** The same object as long as nothing new is known: every row is drawn again for another. */
export function useKnown(room: string): Known {
  const you = useView((s) => s.you);
  const rooms = useView((s) => s.rooms);
  const people = rooms.find((r) => r.id === room)?.people.list ?? nobody;
  const last = useRef<Known>(NOBODY);
  return useMemo(() => {
    const next: Known = {
      people: byName([...people, you]),
      rooms: byName(rooms.filter((r) => r.kind !== 'direct')),
      all: false,
    };
    const { current } = last;
    // Who was here and went is still known.
    next.people = new Map([...current.people, ...next.people]);
    if (!same(current.people, next.people) || !same(current.rooms, next.rooms)) last.current = next;
    return last.current;
  }, [last, people, rooms, you]);
}

const byName = (all: readonly { id: string; name: string }[]): Map<string, string> =>
  new Map(all.filter((one) => one.name !== '').map(({ id, name }) => [foldName(name), id]));

const same = (a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean =>
  a.size === b.size && [...a].every(([name, id]) => b.get(name) === id);

/** Asked seldom, so it looks when asked: among those who are here, then among those who said something. */
export function nameIn(log: RoomLog, here: readonly { id: string; name: string }[], id: string): string | undefined {
  const present = here.find((p) => p.id === id);
  if (present) return present.name;
  const said = log.entries.findLast((e) => e.kind === 'message' && e.from.id === id);
  return said?.kind === 'message' ? said.from.name : undefined;
}
