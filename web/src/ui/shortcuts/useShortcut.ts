// A part of the page says what a shortcut does for as long as it is there. Who listens to the keyboard comes later (listen.ts).

import { useEffect, useRef } from 'react';
import type { Shortcut } from './table';

/** Does it; false: it was nothing for me, let it go on. */
type Run = () => void | boolean;

const handlers = new Map<Shortcut, { current: Run | null }[]>();

/** What does it at the moment; the last part that came is the first that is asked. */
export const handlersOf = (name: Shortcut): (Run | null)[] => (handlers.get(name) ?? []).map((h) => h.current).toReversed();

/** Whether some part of the page does it, or sees to its keys itself. */
export const known = (name: Shortcut): boolean => (handlers.get(name)?.length ?? 0) > 0;

/**
 * What the shortcut does while this part is on the page. Without `run` the part sees to its keys itself, and is only
 * shown in the sheet.
 */
export function useShortcut(name: Shortcut, run: Run | null = null): void {
  const latest = useRef(run);
  latest.current = run;
  useEffect(() => {
    const mine = handlers.get(name) ?? [];
    handlers.set(name, mine);
    mine.push(latest);
    return () => void mine.splice(mine.indexOf(latest), 1);
  }, [name]);
}
