// Who there is to be named: asked for as it is typed, remembered for a while, and not without end.

import { expect, test } from 'vitest';
import type { Session } from '../../src/sync/session';
import { everybody } from '../../src/ui/composer/directory';

/** A server that counts what it is asked for. */
function asked() {
  const wishes: string[] = [];
  const session = {
    list: (_: string, { after }: { after: string }) => {
      wishes.push(after);
      return Promise.resolve({ rows: [], more: true });
    },
  };
  return { session: session as unknown as Session, wishes };
}

test('what was asked for just now is not asked for again; of what is long ago no more than so much is remembered', async () => {
  const { session, wishes } = asked();
  const words = Array.from({ length: 200 }, (_, i) => `name${i}`);
  for (const word of words) await everybody(session, word);
  expect(wishes).toHaveLength(200);
  await everybody(session, words.at(-1)!);
  expect(wishes).toHaveLength(200);
  await everybody(session, words[0]!);
  expect(wishes).toHaveLength(201);
});
