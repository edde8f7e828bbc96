// The people of a room, those who are here and those who are not, in the order in which they are shown. Pure.

import type { Person } from '../proto/v1';
import type { Presence } from './presence';

/** Somebody of a room, with what is known of them. */
export interface Known {
  id: string;
  name: string;
  presence: Presence;
  role: string;
  host: boolean;
  /** The one that they chose for their picture. */
  color: string | undefined;
}

const byName = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

/** Those who are here by their state, then the members who are not; oneself before the others. */
export function arranged(
  here: readonly Person[],
  members: readonly { id: string; name: string; role: string; host?: boolean; color?: string }[],
  you: string,
): Record<Presence, Known[]> {
  const of = new Map(members.map((m) => [m.id, m]));
  const groups: Record<Presence, Known[]> = { active: [], idle: [], away: [] };
  const put = (id: string, name: string, presence: Presence) => {
    const member = of.get(id);
    const { role = '', host = false, color } = member ?? {};
    groups[presence].push({ id, name, presence, role, host, color });
  };
  for (const { id, name, active } of here) put(id, name, active ? 'active' : 'idle');
  const present = new Set(here.map((p) => p.id));
  for (const { id, name } of members) if (!present.has(id)) put(id, name, 'away');
  const order = (a: Known, b: Known) => Number(b.id === you) - Number(a.id === you) || byName.compare(a.name, b.name);
  for (const group of Object.values(groups)) group.sort(order);
  return groups;
}
