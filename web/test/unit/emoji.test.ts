import { describe, expect, test } from 'vitest';
import en from 'virtual:emoji-words-en';
import de from 'virtual:emoji-words-de';
import table from 'virtual:emoji';
import { byName, inTone, read, search } from '../../src/ui/emoji/find';

const countries = new Intl.DisplayNames('en', { type: 'region' });
const all = read(table, en, (letters) => countries.of(letters) ?? '');
const first = (wish: string, recent: string[] = []) => search(all, wish, recent, 8)[0]?.glyph;

describe('the table', () => {
  test('has every group, no glyph twice, a name for each', () => {
    expect(all.length).toBeGreaterThan(1800);
    expect(new Set(all.map((e) => e.group)).size).toBe(9);
    expect(new Set(all.map((e) => e.glyph)).size).toBe(all.length);
    expect(all.filter((e) => e.names.length === 0 || e.names.includes('') || e.label === '')).toEqual([]);
  });

  test('every one can be a reaction: at most 32 bytes, in the form that keyboards write', () => {
    const long = all.filter((e) => new TextEncoder().encode(inTone(e, 5)).length > 32);
    expect(long).toEqual([]);
    expect(byName(all, '+1')?.glyph).toBe('👍');
    expect(byName(all, 'heart')?.glyph).toBe('❤️');
    expect(byName(all, 'tada')?.glyph).toBe('🎉');
    expect(byName(all, 'Flag_de')?.glyph).toBe('🇩🇪');
    expect(byName(all, 'nonsense')).toBeUndefined();
  });

  test('speaks German with a line for each', () => {
    const german = read(table, de, () => '');
    expect(german).toHaveLength(all.length);
    expect(german.find((e) => e.glyph === '🎉')?.label).toBe('Konfettibombe');
    expect(search(german, 'geburtstag', [], 20).map((e) => e.glyph)).toContain('🎂');
    expect(german.findIndex((e) => e.glyph === '🏴‍☠️')).toBe(all.findIndex((e) => e.glyph === '🏴‍☠️'));
  });
});

describe('finding', () => {
  test('a name before what begins so, before other words', () => {
    expect(first('heart')).toBe('❤️');
    expect(first('tad')).toBe('🎉');
    expect(search(all, 'thinking', [], 3)[0]?.names).toContain('thinking');
    expect(search(all, 'birthday', [], 20).map((e) => e.glyph)).toContain('🎂');
    expect(search(all, 'germany', [], 20).map((e) => e.glyph)).toContain('🇩🇪');
  });

  test('several words, large letters, nothing', () => {
    expect(search(all, 'Red Heart', [], 5).map((e) => e.glyph)).toContain('❤️');
    expect(search(all, '', [], 5)).toEqual([]);
    expect(search(all, 'qqqqq', [], 5)).toEqual([]);
  });

  test('of equals what was used lately', () => {
    const [, second] = search(all, 'smil', [], 8);
    expect(first('smil', [second!.glyph])).toBe(second!.glyph);
  });
});

describe('skin tones', () => {
  const toned = (name: string, tone: number) => inTone(byName(all, name)!, tone);
  test('stand behind the person, and only where there are any', () => {
    expect(toned('+1', 3)).toBe('👍🏽');
    expect(toned('+1', 0)).toBe('👍');
    expect(toned('woman_astronaut', 5)).toBe('👩🏿‍🚀');
    expect(toned('v', 1)).toBe('✌🏻');
    expect(toned('tada', 3)).toBe('🎉');
  });
});
