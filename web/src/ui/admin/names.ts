// Lists name people by their ids. Their names come from the list of people, which is read as far as it goes in a few pages.

import { useEffect, useState } from 'react';
import { useSession, useView } from '../shell/session';
import { t } from './texts';

const PAGES = 10;

export type Names = ReadonlyMap<string, string>;

export function useNames(): Names {
  const session = useSession();
  const [names, set] = useState<Names>(new Map());
  const ready = useView((s) => s.phase.at === 'ready');
  useEffect(() => {
    if (!ready) return undefined;
    const stop = new AbortController();
    const read = async () => {
      const found = new Map<string, string>();
      let after = '';
      for (let page = 0; page < PAGES && !stop.signal.aborted; page++) {
        // oxlint-disable-next-line no-await-in-loop -- each page begins where the last one ended
        const reply = await session.list('people', { limit: 100, ...(after && { after }) });
        if ('error' in reply) break;
        for (const p of reply.rows) found.set(p.id, p.display ?? p.name);
        after = reply.rows.at(-1)?.name ?? '';
        if (!reply.more) break;
      }
      if (!stop.signal.aborted) set(found);
    };
    void read();
    return () => stop.abort();
  }, [session, ready]);
  return names;
}

/** Guests have no account, and are in no list. */
export const nameIn = (names: Names, id: string | undefined): string => (id && names.get(id)) || t('unknown_person');
