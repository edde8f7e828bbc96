// What the server tells of somebody: as a member of a room, or of those who have an account.

import type { ListRows } from '../../proto/v1';
import { isMember } from '../../sync/roles';
import type { Session } from '../../sync/session';
import { justBefore } from './names';

export type About = Partial<ListRows['members'] & ListRows['people']>;

/** `room`: empty when there is none. Of whom nothing is known, nothing is told. */
export async function aboutOf(session: Session, room: string, { id, name }: { id: string; name: string }): Promise<About> {
  const after = justBefore(name);
  const lists = await Promise.all([
    room ? session.list('members', { room, after, limit: 5 }) : null,
    isMember(session.current()) ? session.list('people', { after, limit: 5 }) : null,
  ]);
  const rows = lists.map((list): About | undefined => (list && 'rows' in list ? list.rows.find((r) => r.id === id) : undefined));
  return { ...rows[1], ...rows[0] };
}
