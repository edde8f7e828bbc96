import { useEffect } from 'react';

/** The End key leads down to the newest, where it does not lead to the end of a text. */
export function useEndKey(down: () => void): void {
  useEffect(() => {
    const pressed = (e: KeyboardEvent) => {
      if (e.key !== 'End' || e.defaultPrevented || e.shiftKey || e.ctrlKey || e.metaKey || e.altKey) return;
      if (!writes(e.target) && !document.querySelector('dialog[open], :popover-open')) down();
    };
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  }, [down]);
}

const writes = (at: EventTarget | null): boolean =>
  at instanceof HTMLTextAreaElement ? at.value !== '' : at instanceof HTMLInputElement;
