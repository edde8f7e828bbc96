import { expect, test } from 'vitest';
import { calls, callsIn } from '../../src/text/calls';
import { growth, LINEAR_MOST } from './growth';

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

test.each([
  ['tea', 'Tea? Your tea.', ['Tea', 'tea']],
  ['green tea, cup', 'a cup of green\n\tTea', ['green\n\tTea', 'cup']],
  ['c++', 'C++, not C', ['C++']],
  ['\u00e9t\u00e9', 'un E\u0301te\u0301 chaud', ['E\u0301te\u0301']],
  ['tea, -bag', 'tea in a bag', []],
  ['', 'tea', []],
])('%j in %j stands at %j', (wanted, text, stands) => {
  expect(callsIn(wanted, text).map(([from, to]) => text.slice(from, to))).toEqual(stands);
});

test('takes linear time at the worst', () => {
  expect(growth((size) => callsIn('tea tea tea no, cup', 'tea '.repeat(size)), 4000)).toBeLessThan(LINEAR_MOST);
});
