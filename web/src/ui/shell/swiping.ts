// What a finger on a phone's screen means to the drawers. Pure: points in pixels and times in milliseconds come in.

/** The outermost part of the screen is the browser's own, which goes back from there. */
export const EDGE = 24;
/** A finger that has not moved farther than this has not decided anything. */
const STEADY = 12;
/** Whoever holds on for longer selects or opens a menu. */
const LONG_MS = 400;
/** Faster than this, in pixels per millisecond, is a swipe, however short. */
const QUICK = 0.3;

/** Whether a swipe that opens may begin there: `x` from the side of the drawer, in the near half of the screen. */
export const mayBegin = (x: number, width: number): boolean => x >= EDGE && x <= width / 2;

/**
 * Whether a finger that has come that far wants to move the drawer: `along` to where it may go, `across` up or down. 'wait':
 * nobody can say yet.
 */
export function wants(along: number, across: number, ms: number): 'yes' | 'no' | 'wait' {
  if (ms > LONG_MS) return 'no';
  if (along > STEADY && along > 1.5 * Math.abs(across)) return 'yes';
  return Math.hypot(along, across) > STEADY ? 'no' : 'wait';
}

/** Whether the drawer is open when the finger leaves: by its speed, or else by where it is. `share`: how much of it is seen. */
export function staysOpen(share: number, speed: number): boolean {
  if (Math.abs(speed) > QUICK) return speed > 0;
  return share > 0.5;
}

/** How fast a finger is, by where it was lately: what it did before it slowed down does not count. */
export class Speed {
  private points: { at: number; ms: number }[] = [];

  add(at: number, ms: number): void {
    this.points = [...this.points.filter((p) => ms - p.ms < 100), { at, ms }];
  }

  /** Pixels per millisecond; standing still for a moment is no speed. */
  now(ms: number): number {
    const recent = this.points.filter((p) => ms - p.ms < 100);
    const [first] = recent;
    const last = recent.at(-1);
    return first && last && last.ms > first.ms ? (last.at - first.at) / (last.ms - first.ms) : 0;
  }
}
