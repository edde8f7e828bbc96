// What a person has for a picture, and how large things are said to be.

import { describe, expect, test } from 'vitest';
import { sizeOf } from '../../src/i18n/size';
import { hueOf, hueOfColor, initialsOf } from '../../src/text/face';

describe('a colour that somebody chose', () => {
  // Made from these hues at one lightness by Oklab, so each must lead back to its own.
  test.each([
    ['#d37b86', 12],
    ['#d27f66', 38],
    ['#c9884c', 62],
    ['#ae9740', 95],
    ['#73a967', 140],
    ['#4bae87', 165],
    ['#21adad', 195],
    ['#3aa6cb', 225],
    ['#689bdb', 255],
    ['#918ed9', 285],
    ['#b283c7', 315],
    ['#c87ca8', 345],
  ])('%s is drawn at %i degrees', (color, hue) => {
    expect(Math.abs(hueOfColor(color) - hue)).toBeLessThanOrEqual(2);
  });

  test('grey and black are colours, too', () => {
    for (const color of ['#000000', '#808080', '#ffffff']) expect(hueOfColor(color)).toBeGreaterThanOrEqual(0);
  });
});

test('a hue stays with its person, letters come from the name', () => {
  expect(hueOf('9f86d081884c7d65')).toBe(hueOf('9f86d081884c7d65'));
  expect(initialsOf('Ann')).toBe('A');
  expect(initialsOf('Ann van Lee')).toBe('AL');
  expect(initialsOf('Guest 4821')).toBe('G4');
  expect(initialsOf('🦊')).toBe('🦊');
});

test.each([
  [0, '0 bytes'],
  [1, '1 byte'],
  [999, '999 bytes'],
  [1000, '1 kB'],
  [1536, '1.5 kB'],
  [34_000_000, '34 MB'],
  [2_147_483_648, '2.1 GB'],
  [5_000_000_000_000, '5 TB'],
])('%i bytes are "%s"', (bytes, said) => {
  expect(sizeOf(bytes)).toBe(said);
});
