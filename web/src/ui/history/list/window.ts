// Which entries are drawn: the half-open range [lo, hi) of absolute indexes. Pure, so that every edge can be tested
// without a browser. Absolute, because the log drops its oldest entries while somebody reads.

export interface Range {
  lo: number;
  hi: number;
}

/** While stuck to the end between these many rows are drawn; trimmed in batches, not one by one. */
export const STUCK_LEAST = 100;
export const STUCK_MOST = 160;
/** While reading back. */
export const READ_MOST = 250;
export const STEP = 50;

export function stuck(range: Range, base: number, end: number): Range {
  // At least so many also where history came in above.
  const least = Math.max(base, end - STUCK_LEAST);
  const lo = Math.min(Math.max(range.lo, base), least);
  return { lo: end - lo > STUCK_MOST ? least : lo, hi: end };
}

/** The end as somebody sees it who jumps there. */
export function atEnd(base: number, end: number): Range {
  return { lo: Math.max(base, end - STUCK_LEAST), hi: end };
}

/** While reading, new entries are drawn below as long as there is room; what is being read stays. */
export function reading(range: Range, base: number, end: number): Range {
  const lo = Math.min(Math.max(range.lo, base), end);
  return { lo, hi: Math.max(lo, Math.min(end, Math.max(range.hi, lo + READ_MOST))) };
}

export function up(range: Range, base: number): Range {
  const lo = Math.max(base, range.lo - STEP);
  return { lo, hi: Math.min(range.hi, lo + READ_MOST) };
}

export function down(range: Range, end: number): Range {
  const hi = Math.min(end, range.hi + STEP);
  return { lo: Math.max(range.lo, hi - READ_MOST), hi };
}
