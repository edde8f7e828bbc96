// Who is here, as the server tells it. Pure.

import type { From, HereEvent, Person, PresenceEvent } from '../proto/v1';

export interface People {
  list: readonly Person[];
  /** How many there are in truth; the list names at most 200. */
  count: number;
  visitors: number;
}

export const nobody: People = { list: [], count: 0, visitors: 0 };

export function here(event: HereEvent): People {
  return { list: event.people, count: event.count, visitors: event.visitors };
}

export function present(people: People, event: PresenceEvent): People {
  const { from } = event;
  switch (event.ev) {
    case 'joined': {
      const { count, visitors } = event;
      return { list: from.visitor ? people.list : put(people.list, personOf(from, event.active)), count, visitors };
    }
    case 'left':
      return { list: people.list.filter((p) => p.id !== from.id), count: event.count, visitors: event.visitors };
    case 'renamed':
      return { ...people, list: people.list.map((p) => (p.id === from.id ? { ...p, name: from.name } : p)) };
    case 'active':
      return { ...people, list: people.list.map((p) => (p.id === from.id ? { ...p, active: event.active } : p)) };
  }
}

function personOf(from: From, active: boolean): Person {
  return { id: from.id, name: from.name, active };
}

function put(list: readonly Person[], person: Person): Person[] {
  return [...list.filter((p) => p.id !== person.id), person];
}
