// Who is here, as far as this window knows. Pure.

import type { People } from './people';

export type Presence = 'active' | 'idle' | 'away';

export function presenceIn(people: People | undefined, id: string): Presence | null {
  const person = people?.list.find((p) => p.id === id);
  if (person) return person.active ? 'active' : 'idle';
  return null;
}
