// Who or what fits what is being written, the likeliest first. Pure.

import { folded } from '../../text/rank';

export interface Candidate {
  id: string;
  name: string;
  /** Is in the room. Who is not does not learn of it. */
  inside: boolean;
  active?: boolean;
}

const MOST = 8;

/** 0: the name begins so; 1: a word of it does; 2: it is somewhere in it. */
function place(name: string, query: string): number | null {
  const at = name.indexOf(query);
  if (at <= 0) return at === 0 ? 0 : null;
  if (/[\s._-]/.test(name[at - 1] as string) || name.includes(` ${query}`)) return 1;
  return query.length > 1 ? 2 : null;
}

/**
 * Who is in the room first, then by where the name fits, then those who spoke last, then by name. `recent`: who spoke, the
 * last one first.
 */
export function rankPeople(all: readonly Candidate[], query: string, recent: readonly string[]): Candidate[] {
  const wish = folded(query);
  const spoke = new Map(recent.map((id, i) => [id, i]));
  const order = (c: Candidate): number => spoke.get(c.id) ?? Infinity;
  const found = all.flatMap((one) => {
    const at = place(folded(one.name), wish);
    return at === null ? [] : [{ one, at }];
  });
  found.sort(
    (a, b) =>
      Number(b.one.inside) - Number(a.one.inside) ||
      a.at - b.at ||
      nearer(order(a.one), order(b.one)) ||
      a.one.name.localeCompare(b.one.name),
  );
  return found.slice(0, MOST).map((f) => f.one);
}

const nearer = (a: number, b: number): number => (a === b ? 0 : a - b);

export function rankRooms<T extends { name: string }>(all: readonly T[], query: string): T[] {
  const wish = folded(query);
  const found = all.flatMap((one) => {
    const at = place(folded(one.name), wish);
    return at === null ? [] : [{ one, at }];
  });
  found.sort((a, b) => a.at - b.at || a.one.name.localeCompare(b.one.name));
  return found.slice(0, MOST).map((f) => f.one);
}

/** Who spoke, the last one first, each once. */
export function speakers(entries: readonly { kind: string; from?: { id: string } }[], most = 20): string[] {
  const ids = new Set<string>();
  for (let i = entries.length - 1; i >= 0 && ids.size < most; i--) {
    const id = entries[i]?.from?.id;
    if (id !== undefined) ids.add(id);
  }
  return [...ids];
}
