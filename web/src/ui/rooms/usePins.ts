import { useEffect, useState } from 'react';
import { useSession, useView } from '../shell/session';
import { useHappened } from './useHappened';

const KINDS = new Set(['pin', 'unpin']);
/** A room has no more of them. */
const MOST = 100;
const none: readonly number[] = [];

/** Where messages of a room are pinned, the newest first; asked again whenever one is pinned or unpinned. */
export function usePins(room: string): readonly number[] {
  const session = useSession();
  const ready = useView((s) => s.phase.at === 'ready' && s.rooms.some((r) => r.id === room));
  const happened = useHappened(room, KINDS);
  const [found, setFound] = useState<{ room: string; seqs: readonly number[] } | null>(null);
  useEffect(() => {
    if (!ready) return undefined;
    let over = false;
    const read = async () => {
      const reply = await session.list('pins', { room, limit: MOST });
      if (!over && 'rows' in reply) setFound({ room, seqs: reply.rows.map((r) => r.seq) });
    };
    void read();
    return () => void (over = true);
  }, [session, room, ready, happened]);
  return found?.room === room ? found.seqs : none;
}
