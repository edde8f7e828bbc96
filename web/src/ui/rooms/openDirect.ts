// Talking with one or a few people where nobody else reads.

import type { Session } from '../../sync/session';
import { go, hrefOf } from '../shell/route';
import { failed } from './act';

/** Opens the room for these people, which is made if there is none yet; what the server says against it, or null. */
export async function openDirect(session: Session, people: string[]): Promise<string | null> {
  const result = await session.submit({ op: 'direct', people });
  if ('error' in result) return failed(result.error);
  go(hrefOf(result.ok.room));
  return null;
}
