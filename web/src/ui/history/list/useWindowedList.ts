// A scrolling list of plain rows, of which a window is drawn. It sticks to its end, or else keeps what is being read
// exactly where it is. The rules (each was a bug once):
//
// - What is kept in place is the row across the middle of the view, saved on every scroll and put back after every
//   change of the content or of the box: in a layout effect and in a ResizeObserver, both before the paint.
//   `overflow-anchor: none` keeps the browser's own anchoring out of it.
// - Being stuck ends only by an upward move in an unchanged box. Growing content or a turned phone never end it.
// - Handlers compare with what was drawn, never with the live log, which may be a frame ahead.
// - History that arrives while somebody is near the top is drawn in the same commit: at the very top one cannot scroll
//   up any more to ask for it.
// - While a list glides after a finger's push, phones of one make must not be scrolled by us: what comes above waits.
// - A scroll event can come after the content changed and before the observer: then the person's own movement is carried
//   into the anchor first.

import { useCallback, useLayoutEffect, useReducer, useRef, useState, type RefObject } from 'react';
import type { Glide } from './glide';
import { atEnd, down, READ_MOST, reading, stuck, up, type Range } from './window';

/** This near to the end is at the end. */
const NEAR_PX = 90;
/** Rows are added this many screens before one gets there. */
const AHEAD = 1.5;

interface Anchor {
  row: HTMLElement;
  /** Of the row's top from the view's top. */
  offset: number;
}

/** Where a row that one goes to comes to stand. `third`: with what comes after it in view, if that fits: at the end. */
export type Place = 'middle' | 'third';

export interface WindowedList {
  range: Range;
  isStuck: boolean;
  scroller: RefObject<HTMLDivElement | null>;
  content: RefObject<HTMLOListElement | null>;
  onScroll(): void;
  toEnd(): void;
  /** Brings the row with this index into the view. */
  toRow(index: number, at?: Place): void;
  /** Stays where it is, whatever comes: somebody reads here by keyboard. */
  hold(): void;
}

/**
 * Rows bear their absolute index in `data-index`; `data-passing` marks those that may go at any time, which nothing should
 * be held by. `onPivot` is told where one reads: an index, or Infinity at the end.
 */
export function useWindowedList(base: number, end: number, onPivot: (index: number) => void): WindowedList {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLOListElement>(null);
  const anchor = useRef<Anchor | null>(null);
  const seen = useRef({ top: 0, height: 0, client: 0 });
  const drawn = useRef({ base, end });
  const stuckNow = useRef(true);
  const [isStuck, setStuck] = useState(true);
  // Not state: it follows from what was drawn last, and drawing must not ask for another drawing.
  const wanted = useRef<Range>(atEnd(base, end));
  const goal = useRef<{ index: number; at: Place } | null>(null);
  const [jumps, jumped] = useReducer((n: number) => n + 1, 0);
  const glide = useRef<Glide | null>(null);
  const [, redraw] = useReducer((n: number) => n + 1, 0);

  const range = isStuck ? stuck(wanted.current, base, end) : reading(wanted.current, base, end);

  const look = useCallback(() => {
    const box = scroller.current;
    if (box) seen.current = { top: box.scrollTop, height: box.scrollHeight, client: box.clientHeight };
  }, []);

  const restore = useCallback(() => {
    const box = scroller.current;
    if (!box) return;
    if (stuckNow.current) {
      box.scrollTop = box.scrollHeight;
    } else if (anchor.current?.row.isConnected) {
      const { row, offset } = anchor.current;
      const moved = topIn(box, row) - offset;
      if (Math.abs(moved) >= 0.5) box.scrollTop += moved;
    }
    look();
  }, [look]);

  const stick = useCallback((on: boolean) => {
    if (stuckNow.current === on) return;
    stuckNow.current = on;
    setStuck(on);
  }, []);

  const want = useCallback((next: Range) => {
    wanted.current = next;
    redraw();
  }, []);

  const more = () => {
    if (!stuckNow.current && wanted.current.lo > drawn.current.base) want(up(wanted.current, drawn.current.base));
  };
  /** More rows above. At the very top nothing glides any more. */
  const higher = () => {
    const box = scroller.current;
    if (glide.current && box && box.scrollTop > 0) glide.current.whenStill(more);
    else more();
  };

  const tell = () => {
    const index = Number(anchor.current?.row.dataset.index);
    onPivot(stuckNow.current || Number.isNaN(index) ? Infinity : index);
  };

  const settle = () => {
    const box = scroller.current;
    const row = goal.current && rowOf(content.current, goal.current.index);
    const third = goal.current?.at === 'third';
    goal.current = null;
    if (!box || !row) return;
    const whole = range.hi === end;
    const rest = box.scrollHeight - box.scrollTop - topIn(box, row);
    const offset = third ? box.clientHeight / 3 : Math.max(0, (box.clientHeight - row.offsetHeight) / 2);
    if (third && whole && rest <= box.clientHeight) box.scrollTop = box.scrollHeight;
    else box.scrollTop += topIn(box, row) - offset;
    // What is missing around it may leave it too near to an edge: when that comes, it comes to its place.
    anchor.current = { row, offset };
    if (whole && left(box) <= NEAR_PX) stick(true);
    look();
  };

  // Only when other rows are drawn. To put back after every drawing would undo a wheel's movement whose event is still
  // on its way; rows that change their height in place are the observer's business.
  useLayoutEffect(() => {
    drawn.current = { base, end };
    wanted.current = range;
    if (goal.current !== null) settle();
    else restore();
    const box = scroller.current;
    const near = box !== null && !stuckNow.current && box.scrollTop < box.clientHeight * AHEAD;
    if (near) higher();
    tell();
    // oxlint-disable-next-line react/exhaustive-deps -- see above
  }, [base, end, range.lo, range.hi, isStuck, jumps]);

  useLayoutEffect(() => {
    if (!scroller.current || !content.current || typeof ResizeObserver === 'undefined') return undefined;
    if (minds()) void import('./glide').then(({ watchGlide }) => (glide.current = scroller.current && watchGlide(scroller.current)));
    const observer = new ResizeObserver(restore);
    observer.observe(scroller.current);
    observer.observe(content.current);
    return () => {
      observer.disconnect();
      glide.current?.end();
    };
  }, [restore]);

  const toEnd = useCallback(() => {
    goal.current = null;
    stick(true);
    anchor.current = null;
    want(atEnd(drawn.current.base, drawn.current.end));
    restore();
  }, [restore, stick, want]);

  const toRow = useCallback(
    (index: number, at: Place = 'middle') => {
      stick(false);
      goal.current = { index, at };
      const { lo, hi } = wanted.current;
      const inside = lo <= index && index < hi;
      jumped();
      want(inside ? { lo, hi } : { lo: index - READ_MOST / 2, hi: index + READ_MOST / 2 });
    },
    [stick, want],
  );

  const hold = useCallback(() => {
    const box = scroller.current;
    if (!box || !stuckNow.current) return;
    stick(false);
    anchor.current = middle(box, content.current);
  }, [stick]);

  const onScroll = () => {
    const box = scroller.current;
    if (!box) return;
    const before = seen.current;
    const sameBox = box.scrollHeight === before.height && box.clientHeight === before.client;
    if (!sameBox) {
      // A content that became shorter moves the view too, and that was not the person.
      const was = Math.min(before.top, box.scrollHeight - box.clientHeight);
      if (anchor.current) anchor.current.offset -= box.scrollTop - was;
      restore();
      return;
    }
    // Our own putting back also sends an event; taking a new anchor for it would let what is read drift away.
    if (box.scrollTop === before.top) return;
    const rest = left(box);
    const whole = range.hi === drawn.current.end;
    if (stuckNow.current && box.scrollTop < before.top - 1 && rest > NEAR_PX) stick(false);
    else if (!stuckNow.current && box.scrollTop > before.top && rest <= NEAR_PX && whole) stick(true);
    look();
    if (!stuckNow.current) anchor.current = middle(box, content.current);
    tell();
    if (stuckNow.current) return;
    const ahead = box.clientHeight * AHEAD;
    if (box.scrollTop < ahead && range.lo > drawn.current.base) higher();
    else if (rest < ahead && !whole) want(down(range, drawn.current.end));
  };

  return { range, isStuck, scroller, content, onScroll, toEnd, toRow, hold };
}

function topIn(box: HTMLElement, row: HTMLElement): number {
  return row.getBoundingClientRect().top - box.getBoundingClientRect().top;
}

/** Safari on phones, which alone knows this property. */
const minds = (): boolean => typeof CSS !== 'undefined' && CSS.supports('-webkit-touch-callout', 'none');

/** How far below the view the end is. */
const left = (box: HTMLElement): number => box.scrollHeight - box.clientHeight - box.scrollTop;

/** The row with this index, or the one that tells of it: comings and goings in a row are one. */
function rowOf(list: HTMLElement | null, index: number): HTMLElement | null {
  const rows = list?.querySelectorAll<HTMLElement>('[data-index]') ?? [];
  return [...rows].findLast((row) => Number(row.dataset.index) <= index) ?? rows[0] ?? null;
}

/** The row across the middle of the view, found by halving. */
function middle(box: HTMLElement, list: HTMLElement | null): Anchor | null {
  const rows = list?.children;
  if (!rows || rows.length === 0) return null;
  const line = box.clientHeight / 2;
  let lo = 0;
  let hi = rows.length - 1;
  while (lo < hi) {
    const mid = (lo + hi + 1) >> 1;
    if (topIn(box, rows[mid] as HTMLElement) <= line) lo = mid;
    else hi = mid - 1;
  }
  // The nearest one that is there to stay.
  while (lo < rows.length - 1 && (rows[lo] as HTMLElement).dataset.passing !== undefined) lo++;
  const row = rows[lo] as HTMLElement;
  return { row, offset: topIn(box, row) };
}
