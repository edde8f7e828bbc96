// What is pinned in a room: the server lists where, and the messages are read one by one, since they lie far apart.

import { pageOf } from '../proto/decode';
import type { MessageEvent } from '../proto/v1';
import type { Session } from './session';

export type Pinned = { seq: number; event: MessageEvent | null };

/** The messages at these places as they are now; null for one that is not there any more. */
export async function messagesAt(session: Session, room: string, seqs: readonly number[]): Promise<Pinned[]> {
  return Promise.all(
    seqs.map(async (seq) => {
      const answer = await session.ask({ op: 'history', room, before: seq + 1, limit: 1 });
      const page = 'body' in answer ? pageOf(answer.body) : null;
      const event = page?.events.find((e) => e.seq === seq);
      return { seq, event: event?.ev === 'message' && !event.deleted ? event : null };
    }),
  );
}
