import { useEffect, useState, Suspense } from 'react';
import { later } from '../kit/lazy';
import type { Props } from './Above';

const Above = later(() => import('./Above'));

/** What may lie over the upper edge of the list. It comes once somebody moves in it, or has something to be told. */
export function Over(props: Props) {
  const { scroller, missed, trouble } = props;
  const [moved, setMoved] = useState(false);
  useEffect(() => {
    const box = scroller.current;
    if (!box || moved) return undefined;
    const onWheel = () => setMoved(true);
    const how = { passive: true, once: true };
    for (const what of ['wheel', 'touchmove', 'keydown']) box.addEventListener(what, onWheel, how);
    return () => {
      for (const what of ['wheel', 'touchmove', 'keydown']) box.removeEventListener(what, onWheel);
    };
  }, [scroller, moved]);
  if (!moved && !missed && !trouble) return null;
  return (
    <Suspense fallback={null}>
      <Above {...props} />
    </Suspense>
  );
}
