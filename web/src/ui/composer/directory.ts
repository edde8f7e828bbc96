// Who there is to be named: those in a room, and everybody. Asked for as it is needed, and remembered for a short while.

import type { Session } from '../../sync/session';

interface Named {
  id: string;
  name: string;
}

interface Page {
  at: number;
  rows: readonly Named[];
  more: boolean;
}

const FRESH_MS = 60_000;
const PAGE = 100;
/** As many are remembered: every letter typed may ask for another one. */
const PAGES_MAX = 50;
const pages = new Map<string, Promise<Page>>();

/** Just before the names that begin so, in the server's order. */
function before(query: string): string {
  const wish = query.trim().toLowerCase();
  const last = wish.codePointAt(wish.length - 1) ?? 0;
  return last > 32 && last < 0xd800 ? `${wish.slice(0, -1)}${String.fromCodePoint(last - 1)}zzz` : '';
}

async function page(session: Session, what: 'members' | 'people', room: string, after: string): Promise<Page> {
  const key = `${what} ${room} ${after}`;
  const known = await pages.get(key);
  if (known && Date.now() - known.at < FRESH_MS) return known;
  const asked = session.list(what, { after, limit: PAGE, ...(room ? { room } : {}) }).then((answer): Page => {
    if ('error' in answer) return { at: 0, rows: [], more: false };
    return { at: Date.now(), rows: answer.rows, more: answer.more };
  });
  pages.delete(key);
  pages.set(key, asked);
  const [oldest] = pages.keys();
  if (pages.size > PAGES_MAX && oldest !== undefined) pages.delete(oldest);
  return asked;
}

/** Those in the room that may fit; `whole`: there are no others. */
export async function membersOf(session: Session, room: string, query: string): Promise<{ rows: readonly Named[]; whole: boolean }> {
  const first = await page(session, 'members', room, '');
  if (!first.more || query === '') return { rows: first.rows, whole: !first.more };
  const fitting = await page(session, 'members', room, before(query));
  return { rows: [...first.rows, ...fitting.rows], whole: false };
}

/** Everybody whose name begins so. */
export async function everybody(session: Session, query: string): Promise<readonly Named[]> {
  return (await page(session, 'people', '', before(query))).rows;
}
