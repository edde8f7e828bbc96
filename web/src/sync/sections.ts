// The rooms as the list at the side shows them: in sections, in an order that does not move under one's hand. Pure.

import { LOBBY } from '../proto/v1';

export type Sort = 'name' | 'activity';
export type SectionName = 'favourites' | 'rooms' | 'direct';

/** What of a room its place depends on. */
export interface Placed {
  id: string;
  title: string;
  kind: string;
  archived: boolean;
  lastTs: number;
}

export interface Section<R> {
  name: SectionName;
  rooms: readonly R[];
}

const byName = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

function compare(sort: Sort): (a: Placed, b: Placed) => number {
  return (a, b) => {
    // What can only be read does not stand in the way.
    if (a.archived !== b.archived) return Number(a.archived) - Number(b.archived);
    if (sort === 'activity') return b.lastTs - a.lastTs || byName.compare(a.title, b.title);
    return Number(b.id === LOBBY) - Number(a.id === LOBBY) || byName.compare(a.title, b.title);
  };
}

/** Favourites are there only when there are any; the other two always are, since one makes rooms there. */
export function sectionsOf<R extends Placed>(rooms: readonly R[], favourites: readonly string[], sort: Sort): Section<R>[] {
  const loved = new Set(favourites);
  const sorted = rooms.toSorted(compare(sort));
  const sections: Section<R>[] = [
    { name: 'favourites', rooms: sorted.filter((r) => loved.has(r.id)) },
    { name: 'rooms', rooms: sorted.filter((r) => !loved.has(r.id) && r.kind !== 'direct') },
    { name: 'direct', rooms: sorted.filter((r) => !loved.has(r.id) && r.kind === 'direct') },
  ];
  return sections.filter((s) => s.name !== 'favourites' || s.rooms.length > 0);
}
