import { useEffect, useMemo, useState } from 'react';
import { useRoom, useView } from '../shell/session';
import { rightsIn, type Rights, type Rules, type Where, type Who } from './rights';

/** The same object as long as one's rights in this room are the same. */
export function useRights(room: string): Rights {
  const { role, muted_until }: Who = useView((s) => s.you);
  const { kind, archived, host }: Where = useRoom(room) ?? { kind: 'public' };
  const { members_only, guests }: Rules = useView((s) => s.server);
  const muted = useUntil(muted_until ?? 0);
  return useMemo(
    () => rightsIn({ role, muted }, { kind, archived, host }, { members_only, guests }),
    [role, muted, kind, archived, host, members_only, guests],
  );
}

const LONGEST_MS = 2 ** 31 - 1;

/** Whether that moment is still to come. Nobody tells when it is over. */
function useUntil(end: number): boolean {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const left = end - Date.now();
    if (left <= 0) return undefined;
    const timer = setTimeout(() => setNow(Date.now()), Math.min(left, LONGEST_MS));
    return () => clearTimeout(timer);
  }, [end, now]);
  return end > now;
}
