// Finding people: those whom the page knows already, and those whom the server lists by name.

import { useEffect, useMemo, useState } from 'react';
import { pages } from '../../sync/pages';
import type { Snapshot } from '../../sync/session';
import { isMember } from '../../sync/roles';
import { ranked } from '../../text/rank';
import { useSession, useView } from '../shell/session';
import { justBefore } from './names';

export interface Findable {
  id: string;
  name: string;
  display?: string | undefined;
}

const PAGE = 100;
/** As many are read ahead of what is typed; of a larger community, those whose names begin with it. */
const AHEAD = 3;
const SHOWN = 50;

/** Everybody whom the page has seen: those who are here, and whom one talks with. */
function seen({ rooms }: Pick<Snapshot, 'rooms'>): Map<string, Findable> {
  const all = new Map<string, Findable>();
  for (const room of rooms) {
    for (const { id, name } of room.people.list) all.set(id, { id, name });
    for (const { id, name } of room.peers) all.set(id, { id, name });
  }
  return all;
}

/** People who fit what is typed, best first, oneself not among them. */
export function useFound(query: string, without: readonly string[] = []): readonly Findable[] {
  const rooms = useView((s) => s.rooms);
  const you = useView((s) => s.you.id);
  const listed = useListed(query.trim());
  return useMemo(() => {
    const all = seen({ rooms });
    for (const person of listed.values()) all.set(person.id, person);
    const others = [...all.values()].filter((p) => p.id !== you && !without.includes(p.id));
    return ranked(query, others, (p) => (p.display ? `${p.name} ${p.display}` : p.name), () => 0).slice(0, SHOWN);
  }, [rooms, listed, you, query, without]);
}

/** What the server lists: the first pages once, then what begins like the query. */
function useListed(query: string): ReadonlyMap<string, Findable> {
  const session = useSession();
  const member = useView(isMember);
  const [listed, setListed] = useState<ReadonlyMap<string, Findable>>(new Map());
  const [whole, setWhole] = useState(false);
  useEffect(() => {
    let over = false;
    let read = 0;
    const take = (rows: readonly Findable[]) => {
      if (!over) setListed((known) => together(known, rows));
      return ++read < AHEAD && !over;
    };
    const begin = async () => {
      const end = await pages((after) => session.list('people', { after, limit: PAGE }), take);
      if (!over && 'whole' in end) setWhole(end.whole);
    };
    if (member) void begin();
    return () => void (over = true);
  }, [session, member]);
  useEffect(() => {
    if (!member || whole || query === '') return undefined;
    const timer = setTimeout(async () => {
      const reply = await session.list('people', { after: justBefore(query), limit: 20 });
      if (!('error' in reply)) setListed((known) => together(known, reply.rows));
    }, 120);
    return () => clearTimeout(timer);
  }, [session, member, whole, query]);
  return listed;
}

function together(known: ReadonlyMap<string, Findable>, rows: readonly Findable[]): ReadonlyMap<string, Findable> {
  const all = new Map(known);
  for (const { id, name, display } of rows) all.set(id, { id, name, display });
  return all;
}
