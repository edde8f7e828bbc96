import { describe, expect, test } from 'vitest';
import { mayBegin, Speed, staysOpen, wants } from '../../src/ui/shell/swiping';

describe('a swipe', () => {
  test('begins in the near half, but not where the browser goes back', () => {
    expect([0, 10, 30, 195, 200].map((x) => mayBegin(x, 390))).toEqual([false, false, true, true, false]);
  });

  test('goes sideways, soon, and the way in which there is something', () => {
    expect(wants(5, 3, 50)).toBe('wait');
    expect(wants(20, 5, 100)).toBe('yes');
    expect(wants(20, 18, 100)).toBe('no');
    expect(wants(4, 30, 100)).toBe('no');
    expect(wants(-20, 0, 100)).toBe('no');
    expect(wants(20, 0, 500)).toBe('no');
  });

  test('ends by its speed, and without one by where it is', () => {
    expect(staysOpen(0.1, 0.8)).toBe(true);
    expect(staysOpen(0.9, -0.8)).toBe(false);
    expect(staysOpen(0.6, 0)).toBe(true);
    expect(staysOpen(0.4, 0.1)).toBe(false);
  });

  test('is as fast as it was lately', () => {
    const speed = new Speed();
    expect(speed.now(0)).toBe(0);
    for (let ms = 0; ms <= 160; ms += 16) speed.add(ms * 2, ms);
    expect(speed.now(160)).toBe(2);
    // It stood still before it left.
    expect(speed.now(400)).toBe(0);
    speed.add(320, 500);
    expect(speed.now(500)).toBe(0);
  });
});
