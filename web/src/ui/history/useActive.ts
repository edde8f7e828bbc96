import { useMemo, useState } from 'react';

interface Pointing {
  target: unknown;
}

/** The message that the pointer is over, or the focus in: it alone shows what can be done with it. */
export function useActive() {
  const [active, mark] = useState<string | null>(null);
  const listeners = useMemo(() => {
    const over = (e: Pointing): string | null =>
      (e.target as Element).closest<HTMLElement>('[data-message]')?.dataset.key ?? null;
    return {
      onMouseOver: (e: Pointing) => matchMedia('(hover: hover)').matches && mark(over(e)),
      onMouseLeave: () => matchMedia('(hover: hover)').matches && mark(null),
      onFocus: (e: Pointing) => {
        // By keyboard: a finger's touch gives the focus, too, and its click is what counts.
        const key = over(e);
        if (key !== null && (e.target as Element).matches(':focus-visible')) mark(key);
      },
      onClick: (e: Pointing) => {
        const inside = (e.target as Element).closest('a, button') !== null;
        if (!inside && !matchMedia('(hover: hover)').matches) mark((was) => (was === over(e) ? null : over(e)));
      },
    };
  }, []);
  return { active, mark, listeners };
}
