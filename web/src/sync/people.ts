// Who is here, as the server tells it. Pure.

import type { HereEvent, Person, PresenceEvent, RenamedEvent } from '../proto/v1';

export interface People {
  list: readonly Person[];
  /** How many there are in truth; the list names at most 200. */
  count: number;
  visitors: number;
}

export const nobody: People = { list: [], count: 0, visitors: 0 };

/** Of a large room the server tells only how many there are; the names known so far stay. */
export function here(people: People, event: HereEvent): People {
  return { list: event.people ?? people.list, count: event.count, visitors: event.visitors };
}

export function present(people: People, event: PresenceEvent): People {
  const { from, state, count, visitors } = event;
  if (from.visitor) return { ...people, count, visitors };
  const person: Person = { id: from.id, name: from.name, active: state === 'active' };
  const known = people.list.some((p) => p.id === from.id);
  const list =
    state === 'offline'
      ? people.list.filter((p) => p.id !== from.id)
      : known
        ? people.list.map((p) => (p.id === from.id ? person : p))
        : [...people.list, person];
  return { list, count, visitors };
}

export function renamed(people: People, { from }: RenamedEvent): People {
  return { ...people, list: people.list.map((p) => (p.id === from.id ? { ...p, name: from.name } : p)) };
}

/** Whether this is a coming or a going, and not just a change of state. */
export function turn(people: People, event: PresenceEvent): 'joined' | 'left' | null {
  if (event.state === 'offline') return 'left';
  if (event.from.visitor) return 'joined';
  // A list that does not name everybody cannot tell.
  const whole = people.list.length >= people.count;
  return whole && !people.list.some((p) => p.id === event.from.id) ? 'joined' : null;
}
