// Who belongs to a room, page by page, and again when somebody comes or goes.

import { useCallback, useEffect, useRef, useState } from 'react';
import { reasonOf, t } from '../../i18n/t';
import type { ListRows } from '../../proto/v1';
import type { People } from '../../sync/people';
import { useHappened } from '../rooms/useHappened';
import { useSession, useView } from '../shell/session';

export type Member = ListRows['members'];

export interface Members {
  rows: readonly Member[];
  more: boolean;
  said: string;
  /** Whether they were read at all. */
  known: boolean;
  next(): void;
  again(): void;
}

const PAGE = 100;
/** Somebody is here whom the list does not name: it is read again, but not for each of a crowd. */
const AGAIN_MS = 3000;
const KINDS = new Set(['joined', 'left', 'added', 'removed', 'host', 'unhost']);
const nothing: readonly Member[] = [];

export function useMembers(room: string, here?: People): Members {
  const session = useSession();
  const ready = useView((s) => s.phase.at === 'ready');
  const happened = useHappened(room, KINDS);
  const [found, setFound] = useState<{ room: string; rows: readonly Member[]; more: boolean; said: string } | null>(null);
  const mine = found?.room === room ? found : null;
  const held = useRef(0);
  held.current = mine?.rows.length ?? 0;

  const load = useCallback(
    async (before: readonly Member[]) => {
      const after = before.at(-1)?.name ?? '';
      const reply = await session.list('members', { room, after, limit: PAGE });
      if ('error' in reply) return setFound({ room, rows: before, more: false, said: t('did_not_work', { reason: reasonOf(reply.error) }) });
      return setFound({ room, rows: [...before, ...reply.rows], more: reply.more, said: '' });
    },
    [session, room],
  );
  const again = useCallback(() => void load(nothing), [load]);
  useEffect(() => {
    // oxlint-disable-next-line react/set-state-in-effect -- only when the server has answered
    if (ready && room !== '') void load(nothing);
  }, [ready, room, happened, load]);
  useNewcomers(mine, here, again);

  return {
    rows: mine?.rows ?? nothing,
    more: mine?.more ?? false,
    said: mine?.said ?? '',
    known: mine !== null,
    next: () => mine && void load(mine.rows),
    again,
  };
}

/** In the lobby nobody joins: who comes for the first time is only known to be here. */
function useNewcomers(known: { rows: readonly Member[]; more: boolean } | null, here: People | undefined, again: () => void): void {
  const missing = !known || known.more ? '' : (here?.list.find((p) => !known.rows.some((m) => m.id === p.id))?.id ?? '');
  useEffect(() => {
    if (missing === '') return undefined;
    const timer = setTimeout(again, AGAIN_MS);
    return () => clearTimeout(timer);
  }, [missing, again]);
}
