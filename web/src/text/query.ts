// What one types to search, taken apart and put together again: filters become chips, and chips write filters. The server
// reads the text itself (docs/PROTOCOL.md, search); this is only for showing and changing it.

import { plain } from './markdown';

export const FILTERS = ['from', 'in', 'after', 'before', 'has'] as const;
export type Filter = (typeof FILTERS)[number];

export interface Query {
  words: string;
  filters: { key: Filter; value: string }[];
}

const TOKEN = /(\p{L}+):"([^"]*)"?|"[^"]*"?|\S+/gu;

const isFilter = (key: string): key is Filter => (FILTERS as readonly string[]).includes(key);

export function parseQuery(text: string): Query {
  const words: string[] = [];
  const filters: Query['filters'] = [];
  for (const [token, quotedKey, quoted] of text.matchAll(TOKEN)) {
    const at = token.indexOf(':');
    const key = (quotedKey ?? token.slice(0, Math.max(0, at))).toLowerCase();
    const value = quoted ?? token.slice(at + 1);
    // A filter without a value is still being typed: it stays where it is.
    if (isFilter(key) && value !== '') filters.push({ key, value });
    else words.push(token);
  }
  return { words: words.join(' '), filters };
}

const quote = (value: string): string => (/\s/.test(value) ? `"${value.replaceAll('"', '')}"` : value);

export function writeQuery({ words, filters }: Query): string {
  return [...filters.map(({ key, value }) => `${key}:${quote(value)}`), words].filter(Boolean).join(' ');
}

/** For the server rooms go by id; people may type the name that they see. */
export function forServer(text: string, idOf: (name: string) => string | null): string {
  const { words, filters } = parseQuery(text);
  return writeQuery({
    words,
    filters: filters.map(({ key, value }) => ({ key, value: key === 'in' ? (idOf(value) ?? value) : value })),
  });
}

type Marks = readonly (readonly [number, number])[];

const LETTER = /[\p{L}\p{N}]/u;
const isLetter = (c: string | undefined): boolean => c !== undefined && LETTER.test(c);

/**
 * A text as its readers see it, without the signs of its formatting, and where in it the marked words are. The marks that come
 * with it count in the text as it was written; what is found there once is found wherever it stands as that part of a word.
 * Where none of it can be seen, since it is the address behind a link, say, it is shown as it was written.
 */
export function asSeen(text: string, marks: Marks): { text: string; marks: Marks } {
  const seen = plain(text);
  if (seen === text) return { text, marks };
  const found = marksIn(seen, text, marks);
  return found.length > 0 || marks.length === 0 ? { text: seen, marks: found } : { text, marks };
}

function marksIn(seen: string, text: string, marks: Marks): [number, number][] {
  const points = [...text];
  const all = [...seen];
  const words = new Map<string, { word: string[]; before: boolean; after: boolean }>();
  for (const [from, to] of marks) {
    const word = points.slice(from, to);
    const [before, after] = [isLetter(points[from - 1]), isLetter(points[to])];
    if (word.length > 0) words.set(`${before} ${after} ${word.join('')}`, { word, before, after });
  }
  const found: [number, number][] = [];
  for (const { word, before, after } of words.values()) {
    for (let at = all.indexOf(word[0] as string); at >= 0; at = all.indexOf(word[0] as string, at + 1)) {
      const to = at + word.length;
      const same = word.every((c, i) => all[at + i] === c) && isLetter(all[at - 1]) === before && isLetter(all[to]) === after;
      if (same) found.push([at, to]);
    }
  }
  return found;
}

/** Pieces of a text, the marked ones told apart. Marks are in code points: from, to (exclusive). */
export function marked(text: string, marks: readonly (readonly [number, number])[]): { text: string; hit: boolean }[] {
  const points = [...text];
  const out: { text: string; hit: boolean }[] = [];
  let at = 0;
  const push = (to: number, hit: boolean) => {
    if (to > at) out.push({ text: points.slice(at, to).join(''), hit });
    at = Math.max(at, to);
  };
  for (const [from, to] of marks.toSorted((a, b) => a[0] - b[0])) {
    push(Math.min(from, points.length), false);
    push(Math.min(to, points.length), true);
  }
  push(points.length, false);
  return out;
}

/** Of a long text the part around its first mark, in whole words where it can be. */
export function excerpt(text: string, marks: readonly (readonly [number, number])[], most: number): { text: string; marks: [number, number][] } {
  const points = [...text];
  const first = marks.reduce((least, [from]) => Math.min(least, from), points.length);
  if (points.length <= most) return { text, marks: marks.map(([a, b]) => [a, b]) };
  let start = Math.max(0, Math.min(first - Math.floor(most / 3), points.length - most));
  if (start > 0) {
    const space = points.slice(start, start + 20).findIndex((c) => /\s/.test(c));
    start += Math.max(0, space + 1);
  }
  const end = Math.min(points.length, start + most);
  const [head, tail] = [start > 0 ? '…' : '', end < points.length ? '…' : ''];
  const shift = head.length - start;
  const inside = marks.filter(([a, b]) => a >= start && b <= end).map(([a, b]): [number, number] => [a + shift, b + shift]);
  return { text: head + points.slice(start, end).join('') + tail, marks: inside };
}
