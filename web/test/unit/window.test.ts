import { describe, expect, test } from 'vitest';
import { atEnd, down, READ_MOST, reading, STUCK_LEAST, STUCK_MOST, stuck, up, type Range } from '../../src/ui/history/list/window';
import { seeded } from './fake-hub';

describe('window', () => {
  test('stuck to the end it grows and is trimmed in batches', () => {
    let range = atEnd(0, 0);
    let trims = 0;
    for (let end = 1; end <= 1000; end++) {
      const next = stuck(range, 0, end);
      if (next.lo !== range.lo) trims++;
      range = next;
      expect(range.hi).toBe(end);
      expect(range.hi - range.lo).toBeLessThanOrEqual(STUCK_MOST);
    }
    expect(trims).toBeLessThan(20);
    expect(range.hi - range.lo).toBeGreaterThanOrEqual(STUCK_LEAST);
  });

  test('while reading, what is drawn stays; new entries are added below up to the limit', () => {
    const range = { lo: 100, hi: 200 };
    expect(reading(range, 0, 260)).toEqual({ lo: 100, hi: 260 });
    expect(reading({ lo: 100, hi: 260 }, 0, 900)).toEqual({ lo: 100, hi: 100 + READ_MOST });
    expect(reading(range, 150, 260)).toEqual({ lo: 150, hi: 260 });
    expect(reading(range, 500, 2500)).toEqual({ lo: 500, hi: 750 });
  });

  test('up and down move by steps and stay within the log', () => {
    expect(up({ lo: 120, hi: 370 }, 0)).toEqual({ lo: 70, hi: 320 });
    expect(up({ lo: 20, hi: 100 }, 0)).toEqual({ lo: 0, hi: 100 });
    expect(up({ lo: 20, hi: 100 }, 20)).toEqual({ lo: 20, hi: 100 });
    expect(down({ lo: 0, hi: 250 }, 1000)).toEqual({ lo: 50, hi: 300 });
    expect(down({ lo: 750, hi: 990 }, 1000)).toEqual({ lo: 750, hi: 1000 });
  });

  test.each([1, 2, 3, 4, 5])('whatever happens, the window lies in the log and is not too large (seed %i)', (seed) => {
    const random = seeded(seed);
    let base = 0;
    let end = 0;
    let range: Range = atEnd(0, 0);
    for (let i = 0; i < 1000; i++) {
      end += Math.floor(random() * 8);
      base = Math.max(0, end - 2000);
      const step = random();
      if (step < 0.3) range = stuck(range, base, end);
      else {
        range = reading(range, base, end);
        if (step < 0.6) range = up(range, base);
        else if (step < 0.8) range = down(range, end);
      }
      expect(range.lo).toBeGreaterThanOrEqual(base);
      expect(range.hi).toBeLessThanOrEqual(end);
      expect(range.lo).toBeLessThanOrEqual(range.hi);
      expect(range.hi - range.lo).toBeLessThanOrEqual(READ_MOST);
    }
  });
});
