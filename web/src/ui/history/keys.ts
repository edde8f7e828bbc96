// The keyboard in the list of messages. The list is one stop of the Tab key: what has the focus in it is a message, arrows go
// from one to the next, and Tab goes through what can be pressed in that message and then out of the list.

const ROW = '[data-message][tabindex]';
const PRESSABLE = 'a[href], button:not(:disabled), input, select, textarea, audio, video, [tabindex="0"]';

export interface KeyList {
  /** From here on nothing that comes may move what is read. */
  hold(): void;
  toEnd(): void;
  toBeginning(): void;
}

const rowsIn = (box: Element): HTMLElement[] => [...box.querySelectorAll<HTMLElement>(ROW)];
const topOf = (r: HTMLElement): number => r.getBoundingClientRect().top;
const rowAt = (at: unknown): HTMLElement | null => (at as Element).closest<HTMLElement>(ROW);

export function onListKey(e: KeyboardEvent, box: HTMLElement, list: KeyList): void {
  if (e.defaultPrevented || e.ctrlKey || e.metaKey || e.altKey) return;
  if (e.key === 'Tab') return leave(box, e);
  const row = rowAt(e.target);
  // What is inside of a message has keys of its own.
  if (e.shiftKey || (row !== e.target && box !== e.target)) return;
  if (e.key === 'End' || e.key === 'Home') {
    e.preventDefault();
    if (e.key === 'Home') list.toBeginning();
    else {
      list.toEnd();
      focusOn(rowsIn(box).at(-1));
    }
    return;
  }
  const next = nextOf(box, row, e.key);
  if (next === null) return;
  e.preventDefault();
  if (next === undefined) return;
  list.hold();
  focusOn(next);
}

/** Where the key leads; undefined: no further; null: it is no key of ours. From the list itself it begins with the newest. */
function nextOf(box: HTMLElement, row: HTMLElement | null, key: string): HTMLElement | undefined | null {
  const by = { ArrowUp: -1, ArrowDown: 1, PageUp: -1, PageDown: 1 }[key];
  if (by === undefined) return null;
  const all = rowsIn(box);
  // Without a message in it the list scrolls as any other does.
  if (!row) return by < 0 && key === 'ArrowUp' ? all.at(-1) : null;
  const at = all.indexOf(row);
  if (key.startsWith('Arrow')) return all[at + by];
  const goal = topOf(row) + by * box.clientHeight * 0.9;
  const page = by < 0 ? all.slice(0, at).find((r) => topOf(r) >= goal) : all.slice(at + 1).findLast((r) => topOf(r) <= goal);
  return page ?? all[at + by];
}

function focusOn(row: HTMLElement | undefined): void {
  row?.focus({ preventScroll: true });
  row?.scrollIntoView({ block: 'nearest' });
}

/** Before the last and after the first thing in a message that has the focus, Tab leaves the whole list. */
function leave(box: HTMLElement, e: KeyboardEvent): void {
  const { target, shiftKey } = e;
  const row = rowAt(target);
  if (!row) return undefined;
  const inside = [...row.querySelectorAll<HTMLElement>(PRESSABLE)].filter((at) => at.tabIndex >= 0);
  const at = inside.indexOf(target as HTMLElement);
  if (shiftKey && at === 0) {
    // The message itself is no stop of the browser's, which would go to the message before.
    e.preventDefault();
    return focusOn(row);
  }
  if (shiftKey ? at > 0 : at < inside.length - 1) return undefined;
  // The browser goes on from what has the focus when this event is over: from the list's beginning or its end.
  const edges = box.parentElement?.querySelectorAll<HTMLElement>('[data-edge]');
  return edges?.[shiftKey ? 0 : 1]?.focus({ preventScroll: true });
}

/** The focus comes into the list by keyboard: to the message where it was before, or else the newest that one sees. */
export function enterList(box: HTMLElement, last: string | null): void {
  const all = rowsIn(box);
  const { top, bottom } = box.getBoundingClientRect();
  const seen = (row: HTMLElement): boolean => {
    const r = row.getBoundingClientRect();
    return r.bottom <= bottom + 1 && r.bottom > top;
  };
  const was = all.find((row) => row.dataset.key === last && seen(row));
  focusOn(was ?? all.findLast(seen));
}
