import { useEffect, useRef } from 'react';

const MARK = 'drawer';

const isMarked = (): boolean => (history.state as Record<string, unknown> | null)?.[MARK] === true;

/** On a phone the way back closes what slid in over the page: it has an entry of its own in the history. */
export function useBackCloses(onClose: () => void): void {
  const close = useRef(onClose);
  close.current = onClose;
  useEffect(() => {
    history.pushState({ [MARK]: true }, '', location.href);
    const back = () => close.current();
    window.addEventListener('popstate', back);
    return () => {
      window.removeEventListener('popstate', back);
      // Closed in another way: its entry goes, too.
      if (isMarked()) history.back();
    };
  }, []);
}

/** What is opened from a drawer takes the place of its entry. */
export function forgetDrawer(): void {
  if (isMarked()) history.replaceState(null, '', location.href);
}
