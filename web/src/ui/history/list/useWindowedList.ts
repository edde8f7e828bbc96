// A scrolling list of plain rows, of which a window is drawn. It sticks to its end, or else keeps what is being read
// exactly where it is. The rules (each was a bug once):
//
// - What is kept in place is the row across the middle of the view, saved on every scroll and put back after every
//   change of the content or of the box: in a layout effect and in a ResizeObserver, both before the paint.
//   `overflow-anchor: none` keeps the browser's own anchoring out of it.
// - At the end it is the observer alone: it comes when the layout is known, and to ask for it sooner would make the browser
//   do most of a frame's work twice.
// - Being stuck ends only by an upward move in an unchanged box. Growing content or a turned phone never end it.
// - Handlers compare with what was drawn, never with the live log, which may be a frame ahead.
// - History that arrives while somebody is near the top is drawn in the same commit: at the very top one cannot scroll
//   up any more to ask for it.
// - While a list glides after a finger's push, phones of one make must not be scrolled by us: what comes above waits.
// - A scroll event can come after the content changed and before the observer: then the person's own movement is carried
//   into the anchor first.

import { useCallback, useLayoutEffect, useReducer, useRef, useState, type RefObject } from 'react';
import type { Glide } from './glide';
import { View, type Place } from './view';
import { atEnd, down, READ_MOST, reading, stuck, up, type Range } from './window';

export type { Place } from './view';

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
  const [view] = useState(() => new View(scroller, content));
  const [isStuck, setStuck] = useState(true);
  const { range, wanted, drawn, want } = useRange(base, end, isStuck);
  const higher = useHigher(view, { wanted, drawn, want }, useObserver(scroller, content, view));
  const goal = useRef<{ index: number; at: Place } | null>(null);
  const [jumps, jumped] = useReducer((n: number) => n + 1, 0);
  const wasStuck = useRef(false);

  // Only when other rows are drawn. To put back after every drawing would undo a wheel's movement whose event is still
  // on its way; rows that change their height in place are the observer's business.
  useLayoutEffect(() => {
    drawn.current = { base, end };
    wanted.current = range;
    if (goal.current !== null) view.bring(goal.current.index, goal.current.at, range.hi === end);
    else if (!view.stuck || !wasStuck.current) view.restore();
    goal.current = null;
    wasStuck.current = view.stuck;
    setStuck(view.stuck);
    if (view.isNearFirst) higher();
    onPivot(view.pivot);
    // oxlint-disable-next-line react/exhaustive-deps -- see above
  }, [base, end, range.lo, range.hi, isStuck, jumps]);

  const toEnd = useCallback(() => {
    goal.current = null;
    view.end();
    setStuck(true);
    want(atEnd(drawn.current.base, drawn.current.end));
  }, [view, drawn, want]);

  const toRow = useCallback(
    (index: number, at: Place = 'middle') => {
      view.stuck = false;
      setStuck(false);
      goal.current = { index, at };
      const { lo, hi } = wanted.current;
      const inside = lo <= index && index < hi;
      jumped();
      want(inside ? { lo, hi } : { lo: index - READ_MOST / 2, hi: index + READ_MOST / 2 });
    },
    [view, wanted, want],
  );

  const hold = useCallback(() => {
    if (view.stuck) view.hold();
    setStuck(view.stuck);
  }, [view]);

  const onScroll = () => {
    const whole = range.hi === drawn.current.end;
    if (!view.scrolled(whole)) return;
    setStuck(view.stuck);
    onPivot(view.pivot);
    if (view.isNearFirst && range.lo > drawn.current.base) higher();
    else if (view.isNearLast && !whole) want(down(range, drawn.current.end));
  };

  return { range, isStuck, scroller, content, onScroll, toEnd, toRow, hold };
}

interface Drawn {
  /** Not state: it follows from what was drawn last, and drawing must not ask for another drawing. */
  wanted: RefObject<Range>;
  /** What there was to be drawn from when it was drawn last. */
  drawn: RefObject<{ base: number; end: number }>;
  want(next: Range): void;
}

/** The rows that are drawn. */
function useRange(base: number, end: number, isStuck: boolean): Drawn & { range: Range } {
  const wanted = useRef<Range>(atEnd(base, end));
  const drawn = useRef({ base, end });
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  const want = useCallback((next: Range) => {
    wanted.current = next;
    redraw();
  }, []);
  const range = isStuck ? stuck(wanted.current, base, end) : reading(wanted.current, base, end);
  return { range, wanted, drawn, want };
}

/** Draws more rows above. At the very top nothing glides any more. */
function useHigher(view: View, { wanted, drawn, want }: Drawn, glide: RefObject<Glide | null>): () => void {
  const more = () => {
    if (!view.stuck && wanted.current.lo > drawn.current.base) want(up(wanted.current, drawn.current.base));
  };
  return () => {
    if (glide.current && !view.isAtTop) glide.current.whenStill(more);
    else more();
  };
}

/** Puts back what is read whenever the box or what is in it has another size; watches how the list glides where that matters. */
function useObserver(scroller: RefObject<HTMLElement | null>, content: RefObject<HTMLElement | null>, view: View): RefObject<Glide | null> {
  const glide = useRef<Glide | null>(null);
  useLayoutEffect(() => {
    if (!scroller.current || !content.current || typeof ResizeObserver === 'undefined') return undefined;
    if (minds()) void import('./glide').then(({ watchGlide }) => (glide.current = scroller.current && watchGlide(scroller.current)));
    const observer = new ResizeObserver(() => view.restore());
    observer.observe(scroller.current);
    observer.observe(content.current);
    return () => {
      observer.disconnect();
      glide.current?.end();
    };
  }, [scroller, content, view]);
  return glide;
}

/** Safari on phones, which alone knows this property. */
const minds = (): boolean => typeof CSS !== 'undefined' && CSS.supports('-webkit-touch-callout', 'none');
