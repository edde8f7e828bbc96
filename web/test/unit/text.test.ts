import { describe, expect, test } from 'vitest';
import { chars, cleanMessage, cleanLine } from '../../src/text/clean';
import { hueOf, initialsOf } from '../../src/text/face';
import { inline, NOBODY, type Inline } from '../../src/text/inline';
import { growth, LINEAR_MOST } from './growth';

const links = (text: string) => inline(text, NOBODY).flatMap((p) => (p.kind === 'link' ? [p.href] : []));
const shown = (pieces: Inline[]): string => pieces.map((p) => ('children' in p ? shown(p.children) : p.text)).join('');

describe('links', () => {
  test.each([
    ['see https://example.org.', ['https://example.org']],
    ['(https://example.org/a)', ['https://example.org/a']],
    ['https://example.org/a_(b)', ['https://example.org/a_(b)']],
    ['(see https://example.org/a_(b)).', ['https://example.org/a_(b)']],
    ['"https://example.org/?q=1&r=2"!', ['https://example.org/?q=1&r=2']],
    ['<https://example.org>', ['https://example.org']],
    ['HTTP://EXAMPLE.ORG/x, http://b.example', ['HTTP://EXAMPLE.ORG/x', 'http://b.example']],
    ['https://a.example/x[1]]', ['https://a.example/x[1]']],
    ['http://localhost:8080/', ['http://localhost:8080/']],
    ['https://de.wikipedia.org/wiki/Köln…', ['https://de.wikipedia.org/wiki/Köln']],
    ['javascript:alert(1) data:text/html,x ftp://x.org', []],
    ['xhttps://example.org', []],
    ['https:// http://) https://.', []],
    ['no links here', []],
    ['https://example.org/\u202egpj.exe', ['https://example.org/']],
  ])('%s', (text, expected) => {
    expect(links(text)).toEqual(expected);
  });

  test('nothing of the text is lost', () => {
    const text = 'a https://x.example/), b\nhttp://y.example… 👋 https://';
    expect(shown(inline(text, NOBODY))).toBe(text);
  });

  test('takes linear time on the worst of texts', () => {
    for (const bad of ['https://', 'https://a)', 'http://x.y ', '(', 'https://a.b/(', 'hhttps:/', ')']) {
      const grown = growth((size) => inline(bad.repeat(Math.floor(size / bad.length)), NOBODY), 4000);
      expect(grown, bad).toBeLessThan(LINEAR_MOST);
    }
  });
});

describe('clean', () => {
  test('a message keeps its shape and loses what no server takes', () => {
    expect(cleanMessage(' \n\t ')).toBe('');
    expect(cleanMessage('\n\n  code\n  more  \n\n')).toBe('  code\n  more');
    expect(cleanMessage('a\r\nb\rc')).toBe('a\nb\nc');
    expect(cleanMessage('x\0y\ud800z')).toBe('xy\ufffdz');
    expect(cleanMessage('👋')).toBe('👋');
    expect(cleanMessage('\0')).toBe('');
  });

  test('cleaning takes linear time', () => {
    for (const bad of [' ', '\n', ' \n', '\t x']) {
      expect(growth((size) => cleanMessage(bad.repeat(size)), 8000), JSON.stringify(bad)).toBeLessThan(LINEAR_MOST);
    }
    for (const before of ['', 'x']) {
      expect(growth((size) => cleanMessage(`${before}${' '.repeat(size)}x`), 8000)).toBeLessThan(LINEAR_MOST);
    }
  });

  test('a name is one line, counted in characters', () => {
    expect(cleanLine('  Ann \n  Lee ')).toBe('Ann Lee');
    expect(chars('a👋ü')).toBe(3);
  });
});

describe('face', () => {
  test('initials', () => {
    expect(['Ann', 'Ann Lee', 'Guest 4821', 'Jean-Luc de la Tour', '👋', 'ßx', ' ', ''].map(initialsOf)).toEqual([
      'A',
      'AL',
      'G4',
      'JT',
      '👋',
      'SS',
      ' ',
      '?',
    ]);
  });

  test('a colour stays with its id and many are used', () => {
    expect(hueOf('9f86d081884c7d65')).toBe(hueOf('9f86d081884c7d65'));
    const hues = new Set(Array.from({ length: 200 }, (_, i) => hueOf(`id${i}`)));
    expect(hues.size).toBe(12);
  });
});
