import { describe, expect, test } from 'vitest';
import { capsOf, chordOf, isText, type Pressed } from '../../src/ui/shortcuts/keys';
import { table } from '../../src/ui/shortcuts/table';

const pressed = (key: string, more: Partial<Pressed> = {}): Pressed => ({
  key,
  code: '',
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...more,
});

describe('a chord', () => {
  test.each([
    ['Mod+K', pressed('k', { ctrlKey: true }), false],
    ['Mod+K', pressed('k', { metaKey: true }), true],
    ['Mod+Shift+F', pressed('F', { ctrlKey: true, shiftKey: true }), false],
    ['Alt+Shift+ArrowUp', pressed('ArrowUp', { altKey: true, shiftKey: true }), false],
    ['Shift+Escape', pressed('Escape', { shiftKey: true }), false],
    ['F6', pressed('F6'), false],
  ])('%s', (chord, event, apple) => {
    expect(chordOf(event, apple)).toBe(chord);
  });

  test('is the same sign wherever it stands on the keyboard', () => {
    expect(chordOf(pressed('?', { shiftKey: true }), false)).toBe('?');
    expect(chordOf(pressed('/', { ctrlKey: true }), false)).toBe('Mod+/');
    expect(chordOf(pressed('/', { ctrlKey: true, shiftKey: true }), false)).toBe('Mod+/');
  });

  test('is found by the place of the key where the letters are others', () => {
    expect(chordOf(pressed('л', { code: 'KeyK', ctrlKey: true }), false)).toBe('Mod+K');
    // On a keyboard with Latin letters in other places it is the letter that counts.
    expect(chordOf(pressed('k', { code: 'KeyV', ctrlKey: true }), false)).toBe('Mod+K');
  });

  test('with the other system’s key is none of ours', () => {
    const chords: string[] = Object.values(table).flatMap((row) => row.keys);
    expect(chords).not.toContain(chordOf(pressed('k', { metaKey: true }), false));
    expect(chords).not.toContain(chordOf(pressed('k', { ctrlKey: true }), true));
    expect(chords).not.toContain(chordOf(pressed('k', { ctrlKey: true, metaKey: true }), false));
  });
});

test('its keys are called as on the keyboard', () => {
  expect(capsOf('Mod+Shift+F', false)).toEqual(['Ctrl', 'Shift', 'F']);
  expect(capsOf('Mod+Shift+F', true)).toEqual(['⌘', '⇧', 'F']);
  expect(capsOf('Alt+ArrowUp', false)).toEqual(['Alt', '↑']);
  expect(capsOf('?', false)).toEqual(['?']);
});

test('what is written is told from what is not', () => {
  expect(isText(pressed('a'))).toBe(true);
  expect(isText(pressed('Ä', { shiftKey: true }))).toBe(true);
  expect(isText(pressed(' '))).toBe(false); // presses buttons, turns pages
  expect(isText(pressed('a', { ctrlKey: true }))).toBe(false);
  expect(isText(pressed('Enter'))).toBe(false);
});
