import { expect, test } from 'vitest';
import { calls } from '../../src/text/calls';

test.each([
  ['', 'anything', false],
  [' , ,', 'anything', false],
  ['tea', 'Is there TEA?', true],
  ['tea', 'a teacup', false],
  ['tea', '**tea**, please', true],
  ['tea', '', false],
  ['green tea', 'some green\ntea', true],
  ['green tea', 'tea, green', false],
  ['coffee,tea', 'tea', true],
  ['c++', 'I like C++.', true],
  ['c', 'I like C++.', false],
  ['straße', 'Auf der STRASSE', false],
  ['straße', 'Auf der Straße!', true],
  ['お茶', '「お茶」', true],
  ['garden, -gnome', 'the garden', true],
  ['garden, -gnome', 'a garden gnome', false],
  ['-gnome', 'a house', false],
  ['-', 'a - b', false],
])('%j in %j: %s', (wanted, text, is) => {
  expect(calls(wanted, text)).toBe(is);
});
