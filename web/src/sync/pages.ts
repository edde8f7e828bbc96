// Reading a list page by page. Pure.

import type { ErrorBody } from '../proto/v1';

interface Page<T> {
  rows: readonly T[];
  more: boolean;
}

/**
 * Page after page by the name of the last row, while `take` wants more of them; what the server says against it, or null
 * when that was all. `whole`: nothing was left.
 */
export async function pages<T extends { name: string }>(
  ask: (after: string) => Promise<Page<T> | { error: ErrorBody }>,
  take: (rows: readonly T[]) => boolean,
  after = '',
): Promise<{ whole: boolean } | { error: ErrorBody }> {
  const reply = await ask(after);
  if ('error' in reply) return reply;
  const last = reply.rows.at(-1)?.name ?? '';
  const wants = take(reply.rows);
  if (!reply.more || last === '') return { whole: true };
  return wants ? pages(ask, take, last) : { whole: false };
}
