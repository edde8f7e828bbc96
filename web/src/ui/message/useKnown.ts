// Whom and what the texts of a room can name, and what somebody is called who is only known by an id.

import { useMemo, useRef } from 'react';
import type { RoomLog } from '../../sync/roomlog';
import { foldName, NOBODY, type Known } from '../../text/markdown';
import { useRooms, useView } from '../shell/session';

interface Named {
  id: string;
  name: string;
}

const nobody: readonly never[] = [];

/** The same object as long as nothing new is known: what names somebody is drawn again for another. */
export function useKnown(room: string, log: RoomLog): Known {
  const you = useView((s) => s.you);
  const rooms = useRooms();
  const here = rooms.find((r) => r.id === room);
  const people = here?.people.list ?? nobody;
  const peers = here?.peers ?? nobody;
  const members = here?.members ?? nobody;
  const last = useRef<Known>(NOBODY);
  const fresh = useFresh(log, last.current);
  return useMemo(() => {
    const { current } = last;
    const next: Known = {
      // Who was here and went is still known.
      people: new Map([...current.people, ...byName([...fresh, ...peers, ...members, ...people, you])]),
      rooms: byName(rooms.filter((r) => r.kind !== 'direct')),
      all: false,
    };
    if (!same(current.people, next.people) || !same(current.rooms, next.rooms)) last.current = next;
    return last.current;
  }, [last, fresh, members, people, peers, rooms, you]);
}

/** Those who said something in what has come since it was looked at last, and are not known yet. */
function useFresh(log: RoomLog, known: Known): readonly Named[] {
  const { base, end } = log;
  const seen = useRef({ base, end: base });
  const news = authors(log, seen.current).filter(({ id, name }) => known.people.get(foldName(name)) !== id);
  seen.current = { base, end };
  return news.length > 0 ? news : nobody;
}

/** Who said something in what has come to the log, at either end. */
function authors(log: RoomLog, seen: { base: number; end: number }): Named[] {
  const out: Named[] = [];
  for (let i = log.base; i < log.end; i++) {
    if (i >= seen.base && i < seen.end) i = seen.end;
    const entry = log.at(i);
    if (entry?.kind === 'message' && !entry.from.visitor) out.push(entry.from);
  }
  return out;
}

const byName = (all: readonly Named[]): Map<string, string> =>
  new Map(all.filter((one) => one.name !== '').map(({ id, name }) => [foldName(name), id]));

const same = (a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean =>
  a.size === b.size && [...a].every(([name, id]) => b.get(name) === id);

/** Asked seldom, so it looks when asked: among those who are here, then among those who said something. */
export function nameIn(log: RoomLog, here: readonly Named[], id: string): string | undefined {
  const present = here.find((p) => p.id === id);
  if (present) return present.name;
  const said = log.entries.findLast((e) => e.kind === 'message' && e.from.id === id);
  return said?.kind === 'message' ? said.from.name : undefined;
}
