import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { onlyEmoji } from '../../src/text/emoji';
import { foldName, NOBODY, parse, plain, type Block, type Inline, type Known } from '../../src/text/markdown';
import { growth, LINEAR_MOST } from './growth';

interface Vector {
  name: string;
  text: string;
  blocks: unknown[];
  plain: string;
}

const vectors = JSON.parse(readFileSync(new URL('../../../tests/vectors/markdown.json', import.meta.url), 'utf8')) as {
  people: Record<string, string>;
  rooms: Record<string, string>;
  texts: Vector[];
};
const ids = (names: Record<string, string>) => new Map(Object.entries(names).map(([name, id]) => [foldName(name), id]));
const known: Known = { people: ids(vectors.people), rooms: ids(vectors.rooms), all: true };

describe('how texts are read, as the shared vectors have it', () => {
  test.each(vectors.texts.map((v) => [v.name, v] as const))('%s', (_, v) => {
    expect(parse(v.text, known)).toEqual(v.blocks);
    expect(plain(v.text)).toBe(v.plain);
  });

  test('@here and @room are words where they mean nobody', () => {
    expect(parse('@here', NOBODY)).toEqual([{ kind: 'text', children: [{ kind: 'text', text: '@here' }] }]);
  });
});

/** The same numbers in every run. */
function* random(seed: number): Generator<number> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

const PARTS = ['*', '**', '***', '_', '~~', '`', '``', '```', '> ', '>', '- ', '  - ', '1. ', '\n', '\n\n', ' ', '  ', 'a', 'é', 'word', '\\', '[', ']', '@', '#', '@Ann', '🎉', ':'];
const visible = (pieces: readonly Inline[]): string => pieces.map((p) => ('children' in p ? visible(p.children) : p.text)).join('');

function seen(blocks: readonly Block[]): string {
  return blocks
    .map((b): string => {
      if (b.kind === 'text') return visible(b.children);
      if (b.kind === 'fence') return `${b.language}${b.text}`;
      if (b.kind === 'quote') return seen(b.children);
      return b.items.map((i) => visible(i.children) + seen(i.lists)).join('');
    })
    .join('');
}

function depth(node: Block | Inline): number {
  if (node.kind === 'list') {
    return 1 + Math.max(0, ...node.items.flatMap((i) => [...i.children, ...i.lists].map(depth)));
  }
  return 'children' in node ? 1 + Math.max(0, ...node.children.map(depth)) : 1;
}

describe('any text', () => {
  // What may serve as a mark may vanish, and nothing else.
  const bare = (text: string) => text.replace(/[*_~`>\-1.\\[\]\s]/g, '');

  test('loses its marks and nothing else, and nests only so deep', () => {
    const numbers = random(20_261);
    const next = () => numbers.next().value as number;
    for (let n = 0; n < 3000; n++) {
      const text = Array.from({ length: Math.floor(next() * 24) }, () => PARTS[Math.floor(next() * PARTS.length)]).join('');
      const blocks = parse(text, known);
      // What stands behind the backticks that open a fence is its language, of which only the first word is kept.
      if (!/```/.test(text)) expect(bare(seen(blocks)), JSON.stringify(text)).toBe(bare(text));
      expect(Math.max(0, ...blocks.map(depth)), JSON.stringify(text)).toBeLessThan(12);
    }
  });

  test('takes linear time at the worst', () => {
    const bad = ['*', '**', '`', '[', '>', '> ', '_a', '*a', '*a ', '~~', '~~a', '``a', '`a', '@a ', '#a ', '[a](', '[a](http://', 'https://a](', ')', '\\', '- ', '- a\n', '  - a\n', '```\n', '``` a`\n', '> ```\n', '``` ', ' ', '\t', '\n', ' \n', '> > > - *a ', '>\n', '> >\n', '¯\\_', '[*a', 'h', 'https://'];
    for (const piece of bad) {
      const grown = growth((size) => parse(piece.repeat(Math.ceil(size / piece.length)), known), 4000);
      expect(grown, JSON.stringify(piece)).toBeLessThan(LINEAR_MOST);
    }
    // Runs of so many lengths that their text grows with the square of it.
    const runs = (size: number) => Array.from({ length: Math.sqrt(size) }, (_, i) => '`'.repeat(Math.sqrt(size) + 3 - i)).join('\n');
    expect(growth((size) => parse(runs(size), known), 10_000)).toBeLessThan(LINEAR_MOST);
  });
});

describe('nothing but emoji', () => {
  test.each(['🎉', '👍🏽', '👩‍👩‍👧', '🇩🇪', '1️⃣', '❤️', '🎉 🎉\n🎉', '🏴󠁧󠁢󠁳󠁣󠁴󠁿', '🏳️‍🌈', '🎉'.repeat(8)])('%s', (text) => expect(onlyEmoji(text)).toBe(true));
  test.each(['', ' ', 'a🎉', '12', '#', '©', '🎉'.repeat(9), '🎉!'])('not %j', (text) => expect(onlyEmoji(text)).toBe(false));
});
