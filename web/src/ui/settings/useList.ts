import { useCallback, useEffect, useState } from 'react';
import { reasonOf, t as core } from '../../i18n/t';
import type { ListRows } from '../../proto/v1';
import { useSession, useView } from '../shell/session';

/** A list of one's own, page by page from the newest. `say` is for what did not work. */
export function useList<W extends 'sessions' | 'files'>(what: W) {
  const session = useSession();
  const [rows, setRows] = useState<readonly ListRows[W][] | null>(null);
  const [more, setMore] = useState(false);
  const [said, say] = useState('');
  const ask = useCallback(
    async (after = '') => {
      const result = await session.list(what, after ? { after } : {});
      if ('error' in result) return say(core('did_not_work', { reason: reasonOf(result.error) }));
      say('');
      setRows((known) => (after && known ? [...known, ...result.rows] : result.rows));
      return setMore(result.more);
    },
    [session, what],
  );
  // The page may be drawn from memory before there is a connection, and may lose it and come back.
  const ready = useView((s) => s.phase.at === 'ready');
  useEffect(() => {
    const begin = async () => ask();
    if (ready) void begin();
  }, [ask, ready]);
  const next = () => void ask(rows?.at(-1)?.id ?? '');
  const drop = (id: string) => setRows((known) => known?.filter((row) => row.id !== id) ?? null);
  return { rows, more, next, said, drop, again: () => void ask() };
}
