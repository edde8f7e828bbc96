// What the box of a list shows, and what in it stays where it is: its end, or else the row that is read.

import type { RefObject } from 'react';

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

export class View {
  stuck = true;
  private anchor: Anchor | null = null;
  /** The box as it was left. */
  private seen = { top: 0, height: 0, client: 0 };

  constructor(
    private readonly scroller: RefObject<HTMLElement | null>,
    private readonly content: RefObject<HTMLElement | null>,
  ) {}

  /** Where one reads: the index of a row, or Infinity at the end. */
  get pivot(): number {
    const index = Number(this.anchor?.row.dataset.index);
    return this.stuck || Number.isNaN(index) ? Infinity : index;
  }

  /** So near to the first row that is drawn that others should be, unless one is at the end. */
  get isNearFirst(): boolean {
    const box = this.scroller.current;
    return box !== null && !this.stuck && box.scrollTop < box.clientHeight * AHEAD;
  }

  get isNearLast(): boolean {
    const box = this.scroller.current;
    return box !== null && !this.stuck && left(box) < box.clientHeight * AHEAD;
  }

  get isAtTop(): boolean {
    return (this.scroller.current?.scrollTop ?? 0) <= 0;
  }

  /** Puts what is read back to where it was. */
  restore(): void {
    const box = this.scroller.current;
    if (!box) return;
    if (this.stuck) {
      box.scrollTop = box.scrollHeight;
    } else if (this.anchor?.row.isConnected) {
      const { row, offset } = this.anchor;
      const moved = topIn(box, row) - offset;
      if (Math.abs(moved) >= 0.5) box.scrollTop += moved;
    }
    this.look(box);
  }

  /** To the end, and there it stays. */
  end(): void {
    this.stuck = true;
    this.anchor = null;
    this.restore();
  }

  /** What is read now stays where it is. */
  hold(): void {
    const box = this.scroller.current;
    if (!box) return;
    this.stuck = false;
    this.anchor = middle(box, this.content.current);
  }

  /** Brings the row with this index to its place. `whole`: nothing comes after what is drawn. */
  bring(index: number, at: Place, whole: boolean): void {
    const box = this.scroller.current;
    const row = rowOf(this.content.current, index);
    if (!box || !row) return;
    const third = at === 'third';
    const rest = box.scrollHeight - box.scrollTop - topIn(box, row);
    const offset = third ? box.clientHeight / 3 : Math.max(0, (box.clientHeight - row.offsetHeight) / 2);
    if (third && whole && rest <= box.clientHeight) box.scrollTop = box.scrollHeight;
    else box.scrollTop += topIn(box, row) - offset;
    // What is missing around it may leave it too near to an edge: when that comes, it comes to its place.
    this.anchor = { row, offset };
    if (whole && left(box) <= NEAR_PX) this.stuck = true;
    this.look(box);
  }

  /** It was scrolled: whether by the person, who then reads elsewhere. `whole`: nothing comes after what is drawn. */
  scrolled(whole: boolean): boolean {
    const box = this.scroller.current;
    if (!box) return false;
    const { top, height, client } = this.seen;
    if (box.scrollHeight !== height || box.clientHeight !== client) {
      // A content that became shorter moves the view too, and that was not the person.
      if (this.anchor) this.anchor.offset -= box.scrollTop - Math.min(top, box.scrollHeight - box.clientHeight);
      this.restore();
      return false;
    }
    // Our own putting back also sends an event; taking a new anchor for it would let what is read drift away.
    if (box.scrollTop === top) return false;
    const near = left(box) <= NEAR_PX;
    if (this.stuck && box.scrollTop < top - 1 && !near) this.stuck = false;
    else if (!this.stuck && box.scrollTop > top && near && whole) this.stuck = true;
    this.look(box);
    if (!this.stuck) this.anchor = middle(box, this.content.current);
    return true;
  }

  private look(box: HTMLElement): void {
    this.seen = { top: box.scrollTop, height: box.scrollHeight, client: box.clientHeight };
  }
}

function topIn(box: HTMLElement, row: HTMLElement): number {
  return row.getBoundingClientRect().top - box.getBoundingClientRect().top;
}

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
