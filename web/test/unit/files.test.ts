import { describe, expect, it } from 'vitest';
import { kindOf } from '../../src/ui/files/kind';
import { named } from '../../src/ui/files/prepare';
import { nearer, whole, within, zoomed } from '../../src/ui/files/zoom';

describe('names that the server takes', () => {
  it.each([
    ['cat.png', 'cat.png'],
    ['../../etc/passwd', '.._.._etc_passwd'],
    ['a\\b\u0007c.txt', 'a_b_c.txt'],
    // What would make "exe.gpj" read as "jpg.exe".
    ['photo\u202egpj.exe', 'photo_gpj.exe'],
    ['   ', 'file'],
    ['', 'file'],
  ])('%j becomes %j', (name, wanted) => expect(named(name)).toBe(wanted));

  it('keeps the ending of one that is too long, and whole characters', () => {
    const name = named(`${'ä'.repeat(300)}🎉.jpeg`);
    expect(new TextEncoder().encode(name).length).toBeLessThanOrEqual(255);
    expect(name).toMatch(/^ä+\.jpeg$/);
  });
});

describe('kinds and sizes', () => {
  it.each([
    ['image/png', 'picture'],
    ['image/svg+xml', 'other'],
    ['image/heic', 'other'],
    ['video/webm', 'film'],
    ['audio/ogg', 'sound'],
    ['application/zip', 'archive'],
    ['application/pdf', 'text'],
    ['', 'other'],
  ])('%s is a %s', (type, kind) => expect(kindOf(type)).toBe(kind));
});

describe('looking at a picture', () => {
  const stage = { width: 1000, height: 800 };
  const fit = { width: 1000, height: 500 };

  it('keeps what is under the pointer there', () => {
    const at = { x: 200, y: -50 };
    const look = zoomed(whole, 4, at, fit, stage);
    expect(look.scale).toBe(4);
    // The point of the picture that was at `at` is there still.
    expect(at.x * look.scale + look.x).toBeCloseTo(at.x);
    expect(at.y * look.scale + look.y).toBeCloseTo(at.y);
  });

  it('never shows less than the whole, nor more than is sensible', () => {
    expect(zoomed(whole, 0.1, { x: 300, y: 300 }, fit, stage)).toEqual(whole);
    expect(zoomed(whole, 100, { x: 0, y: 0 }, fit, stage).scale).toBe(8);
  });

  it('does not push the picture off the stage', () => {
    expect(within({ scale: 1, x: 500, y: 500 }, fit, stage)).toEqual(whole);
    // Twice as large it is 2000 × 1000: 500 and 100 to spare on each side.
    expect(within({ scale: 2, x: 900, y: -900 }, fit, stage)).toEqual({ scale: 2, x: 500, y: -100 });
  });

  it('comes back to the middle when it goes back', () => {
    const near = zoomed(whole, 3, { x: 400, y: 200 }, fit, stage);
    expect(zoomed(near, 1 / 3, { x: -400, y: 100 }, fit, stage)).toEqual(whole);
  });

  it.each([
    [4000, 1000, 4],
    [500, 500, 2],
    [100_000, 1000, 8],
  ])('a click at one %d pixels wide, shown at %d, looks %d times as near', (natural, wide, times) => {
    expect(nearer(natural, wide)).toBe(times);
  });
});
