import { useLayoutEffect, useMemo, useRef, type RefObject } from 'react';
import { enterList, onListKey, type KeyList } from './keys';

interface Focusing {
  target: unknown;
  currentTarget: unknown;
  relatedTarget: unknown;
}

/** The list as one stop of the Tab key. */
export function useFocus(scroller: RefObject<HTMLElement | null>, list: KeyList) {
  /** The message that has, or had, the focus. */
  const last = useRef<string | null>(null);
  const within = useRef(false);
  const latest = useRef(list);
  latest.current = list;

  // What has the focus may go: the window moves on, or somebody deletes it. Then the list has it, and not nothing.
  useLayoutEffect(() => {
    if (!within.current || document.activeElement !== document.body) return;
    scroller.current?.focus({ preventScroll: true });
  });

  return useMemo(
    () => ({
      onKeyDown: (e: Parameters<typeof onListKey>[0]) => onListKey(e, latest.current),
      onFocus: (e: Focusing) => {
        const box = e.currentTarget as HTMLElement;
        const target = e.target as HTMLElement;
        const came = !box.contains(e.relatedTarget as Node | null);
        within.current = true;
        const key = target.closest<HTMLElement>('[data-message]')?.dataset.key;
        // By a press of the mouse one comes to what was pressed. Into the list by keyboard is to a message first.
        if (came && target.matches(':focus-visible') && (target === box || tabbed())) enterList(box, last.current);
        else if (key) last.current = key;
      },
      onBlur: (e: Focusing) => {
        // Without a next one it is the window that lost it, or what had it has gone.
        if (e.relatedTarget !== null) within.current = (e.currentTarget as Node).contains(e.relatedTarget as Node);
      },
    }),
    [],
  );
}

let key = '';
if (typeof document !== 'undefined') {
  document.addEventListener('keydown', (e) => (key = e.key), true);
  document.addEventListener('keyup', () => (key = ''), true);
  document.addEventListener('pointerdown', () => (key = ''), true);
}

/** Whether it is the Tab key that moves the focus at this moment. */
const tabbed = (): boolean => key === 'Tab';
