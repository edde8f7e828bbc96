// What was found, page by page. What was found last is kept while one looks at a hit, so that the way back leads to it.

import { useCallback, useEffect, useRef, useState } from 'react';
import type { ErrorBody, Hit } from '../../proto/v1';
import { messagesAt } from '../../sync/pins';
import type { Session } from '../../sync/session';
import { useSession, useView } from '../shell/session';

interface Page {
  hits: readonly Hit[];
  /** Where the next page begins; null: there is none. */
  next: string | null;
  incomplete: boolean;
}

export interface Results extends Page {
  error: ErrorBody | null;
  /** Whether the answer is still on its way. */
  busy: boolean;
  /** What was looked for; null: nothing yet. */
  query: string | null;
  /** The server can make nothing of it: a filter without its value, say, as it is while it is being typed. */
  unclear?: boolean;
}

interface Found extends Results {
  /** There is no connection, and nothing is known of this query: it is looked for when there is one again. */
  waits: boolean;
  more(): void;
  again(): void;
}

export type Source = (session: Session, query: string, before: string | null) => Promise<Page | { error: ErrorBody }>;

const PAGE = 20;
/** As one types, the server is asked when there is a little pause. */
const PAUSE_MS = 80;

const nothing: Results = { hits: [], next: null, incomplete: false, error: null, busy: false, query: null };

export const searching: Source = async (session, query, before) => {
  const reply = await session.search(query, { limit: PAGE, ...(before === null ? {} : { before }) });
  if ('error' in reply) return reply;
  return { hits: reply.hits, next: reply.next ?? null, incomplete: reply.incomplete === true };
};

/** Messages that mean one: the list says where they are, and each is read. */
export const mentioning: Source = async (session, _query, before) => {
  const reply = await session.list('mentions', { limit: PAGE, ...(before === null ? {} : { after: before }) });
  if ('error' in reply) return reply;
  const found = await Promise.all(reply.rows.map(({ room, seq }) => messagesAt(session, room, [seq])));
  const hits = found.flatMap(([at], i): Hit[] => (at?.event ? [{ room: reply.rows[i]?.room ?? '', event: at.event, marks: [] }] : []));
  return { hits, next: reply.more ? (reply.rows.at(-1)?.id ?? null) : null, incomplete: false };
};

const kept = new Map<Source, Results>();

export function useResults(source: Source, query: string): Found {
  const session = useSession();
  const ready = useView((s) => s.phase.at === 'ready');
  const [results, setResults] = useState<Results>(() => kept.get(source) ?? nothing);
  const latest = useRef(results);
  const turn = useRef(0);

  const put = useCallback(
    (next: Results) => {
      latest.current = next;
      kept.set(source, next);
      setResults(next);
    },
    [source],
  );
  const ask = useCallback(
    async (before: string | null) => {
      const mine = ++turn.current;
      put({ ...latest.current, busy: true });
      const reply = await source(session, query, before);
      // Something newer was asked meanwhile: its answer counts.
      if (mine !== turn.current) return;
      if ('error' in reply && reply.error.code === 'bad_request') return put({ ...nothing, query, unclear: true });
      // What was found of another query is nothing of this one, neither is where that went on.
      const sofar = before === null ? nothing : latest.current;
      if ('error' in reply) return put({ ...sofar, error: reply.error, busy: false, query });
      return put({ ...reply, hits: [...sofar.hits, ...reply.hits], error: null, busy: false, query });
    },
    [source, session, query, put],
  );

  useEffect(() => {
    if (query === '') {
      turn.current++;
      if (latest.current.query !== null) put(nothing);
      return undefined;
    }
    const known = latest.current.query === query && latest.current.error === null && !latest.current.busy;
    if (!ready || known) return undefined;
    const timer = setTimeout(() => void ask(null), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [query, ready, ask, put]);

  const known = results.query === query && (results.error === null || results.hits.length > 0);
  return {
    ...results,
    waits: query !== '' && !ready && !known,
    more: () => results.next !== null && !results.busy && void ask(results.next),
    // What was found already stays: it goes on from there.
    again: () => void ask(results.query === query ? results.next : null),
  };
}
