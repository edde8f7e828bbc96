// What the screens of administration share: the rows of a list, page by page, and saying that something was done.

import { useCallback, useEffect, useRef, useState } from 'react';
import { reasonOf, t as core } from '../../i18n/t';
import type { ErrorBody, ListName, ListRows } from '../../proto/v1';
import { rankOf } from '../../sync/roles';
import { toast } from '../kit/toast';
import { useSession, useView } from '../shell/session';

const PAGE = 50;

/** What the server says a row is named by, to go on after it. */
const NAMED: { [W in ListName]?: string } = { people: 'name', members: 'name', mutes: 'person', pins: 'seq' };

export interface Rows<T> {
  rows: readonly T[];
  more: boolean;
  /** The first page is on its way. */
  loading: boolean;
  /** Why there is nothing, in words; empty: there is. */
  error: string;
  next(): void;
  again(): void;
}

export function useRows<W extends ListName>(what: W, room?: string): Rows<ListRows[W]> {
  const session = useSession();
  const [state, set] = useState<Omit<Rows<ListRows[W]>, 'next' | 'again'>>({ rows: [], more: false, loading: true, error: '' });
  const turn = useRef(0);
  const rows = useRef(state.rows);
  rows.current = state.rows;

  const fetch = useCallback(
    async (after: string | number | undefined) => {
      const mine = ++turn.current;
      const reply = await session.list(what, { limit: PAGE, ...(room && { room }), ...(after !== undefined && { after }) });
      if (mine !== turn.current) return;
      if ('error' in reply) {
        set((was) => ({ ...was, loading: false, error: reasonOf(reply.error) }));
        return;
      }
      const before = after === undefined ? [] : rows.current;
      set({ rows: [...before, ...reply.rows], more: reply.more, loading: false, error: '' });
    },
    [session, what, room],
  );
  const again = useCallback(() => void fetch(undefined), [fetch]);
  // The page may be drawn from what this device remembers, before there is anybody to ask.
  const ready = useView((s) => s.phase.at === 'ready');
  useEffect(() => {
    // oxlint-disable-next-line react/set-state-in-effect -- what the server has is outside, and is asked for when one comes
    if (ready) again();
  }, [ready, again]);
  const next = () => {
    const last = state.rows.at(-1) as Record<string, string | number> | undefined;
    if (last) void fetch(last[NAMED[what] ?? 'id']);
  };
  return { ...state, next, again };
}

type Failed = { error: ErrorBody };

/** Says what came of it: `done` when it worked, the reason when not. Whether it worked. */
export function told(result: object | Failed, done: string): boolean {
  if ('error' in result) {
    toast(core('did_not_work', { reason: reasonOf((result as Failed).error) }));
    return false;
  }
  if (done) toast(done);
  return true;
}

export const isAdmin = (role: string): boolean => rankOf(role) >= 3;

/** Whether somebody of this role may do something to somebody of that one. */
export const outranks = (own: string, other: string): boolean =>
  other === 'bot' ? isAdmin(own) : rankOf(own) > rankOf(other) || (own === 'owner' && other === 'owner');
