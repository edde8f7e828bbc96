import { useEffect, useLayoutEffect, useRef, type RefObject } from 'react';
import { useShortcut } from '../shortcuts/useShortcut';
import { enterList, onListKey, type KeyList } from './keys';

interface Props extends KeyList {
  scroller: RefObject<HTMLElement | null>;
  /** Everything here is read. */
  done(): void;
}

/** The list as one stop of the Tab key, and what keys do in it. Draws nothing. */
export default function ListKeys({ scroller, done, ...list }: Props) {
  /** The message that has, or had, the focus. */
  const last = useRef<string | null>(null);
  const within = useRef(false);
  const latest = useRef(list);
  latest.current = list;
  useShortcut('done', done);
  useShortcut('message_move');

  useEffect(() => {
    const box = scroller.current;
    if (!box) return undefined;
    const onFocus = (e: FocusEvent) => {
      const target = e.target as HTMLElement;
      const came = !box.contains(e.relatedTarget as Node | null) || !inRow(e.relatedTarget);
      within.current = true;
      const key = inRow(target)?.dataset.key;
      // By a press of the mouse one comes to what was pressed. Into the list by keyboard is to a message first.
      const byKey = came && target.matches(':focus-visible');
      if (byKey && (target === box || (key && pressed === 'Tab'))) enterList(box, last.current);
      else if (key) last.current = key;
    };
    const onBlur = ({ relatedTarget }: FocusEvent) => {
      // Without a next one it is the window that lost it, or what had it has gone.
      if (relatedTarget !== null) within.current = box.contains(relatedTarget as Node);
    };
    const onKey = (e: KeyboardEvent) => onListKey(e, box, latest.current);
    const onEnd = (e: KeyboardEvent) => {
      if (isEnd(e)) latest.current.toEnd();
    };
    const ends = [
      listen(box, 'focusin', onFocus),
      listen(box, 'focusout', onBlur),
      listen(box, 'keydown', onKey),
      listen(document, 'keydown', onEnd),
      listen(document, 'keydown', (e: KeyboardEvent) => (pressed = e.key), true),
      listen(document, 'keyup', () => (pressed = ''), true),
      listen(document, 'pointerdown', () => (pressed = ''), true),
    ];
    return () => ends.forEach((end) => end());
  }, [scroller]);

  // What has the focus may go: the window moves on, or somebody deletes it. Then the list has it, and not nothing.
  useLayoutEffect(() => {
    if (!within.current || document.activeElement !== document.body) return;
    scroller.current?.focus({ preventScroll: true });
  });
  return null;
}

const inRow = (at: EventTarget | null): HTMLElement | null => (at as Element).closest<HTMLElement>('[data-message]');

/** The key that is down at this moment. */
let pressed = '';

function listen<E extends Event>(at: EventTarget, what: string, run: (e: E) => unknown, capture = false): () => void {
  at.addEventListener(what, run as (e: Event) => unknown, capture);
  return () => at.removeEventListener(what, run as (e: Event) => unknown, capture);
}

/** The End key leads down to the newest, where it does not lead to the end of a text. */
function isEnd(e: KeyboardEvent): boolean {
  if (e.key !== 'End' || e.defaultPrevented || e.shiftKey || e.ctrlKey || e.metaKey || e.altKey) return false;
  return !writes(e.target) && !document.querySelector('dialog[open], :popover-open');
}

const writes = (at: EventTarget | null): boolean =>
  at instanceof HTMLTextAreaElement ? at.value !== '' : at instanceof HTMLInputElement;
