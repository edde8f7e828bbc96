import { expect, test } from 'vitest';
import { own } from '../../src/ui/shell/trusted';

test('only scripts of the build become workers', () => {
  expect(own('/sw.js')).toBe('/sw.js');
  expect(own('/assets/highlight-Bl_C8V0b.js')).toBe('/assets/highlight-Bl_C8V0b.js');
  for (const path of [
    'https://example.org/sw.js',
    '//example.org/sw.js',
    '/api/v1/files/1/sw.js',
    '/assets/../api/v1/files/1/x.js',
    '/assets/x.css',
    'data:text/javascript,1',
    '/sw.js?x',
    '',
  ]) {
    expect(() => own(path), path).toThrow(TypeError);
  }
});
