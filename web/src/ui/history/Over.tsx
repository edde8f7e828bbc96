import { useEffect, useState, Suspense } from 'react';
import { later } from '../kit/lazy';
import type { Props } from './Above';

const Above = later(() => import('./Above'));

/** How somebody begins to move in it. */
const MOVES = ['wheel', 'touchmove', 'pointerdown', 'keydown'] as const;

/** What may lie over the upper edge of the list. It comes once somebody moves in it, or has something to be told. */
export function Over(props: Props) {
  const { scroller, missed, trouble } = props;
  const [moved, setMoved] = useState(false);
  useEffect(() => {
    const box = scroller.current;
    if (!box || moved) return undefined;
    const begun = () => setMoved(true);
    const how = { passive: true, once: true };
    for (const what of MOVES) box.addEventListener(what, begun, how);
    return () => {
      for (const what of MOVES) box.removeEventListener(what, begun);
    };
  }, [scroller, moved]);
  if (!moved && !missed && !trouble) return null;
  return (
    <Suspense fallback={null}>
      <Above {...props} />
    </Suspense>
  );
}
