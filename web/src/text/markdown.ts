// How a message's text is read: a small part of Markdown, defined in docs/PROTOCOL.md and tests/vectors/markdown.json.
// Pure. The text becomes a tree, never markup: nothing in it is ever read as HTML.

import { inline, merged, NOBODY, type Inline, type Known } from './inline';

export { foldName, NOBODY, type Inline, type Known } from './inline';

export interface Item {
  children: Inline[];
  lists: List[];
}

export interface List {
  kind: 'list';
  ordered: boolean;
  start: number;
  items: Item[];
}

export type Block =
  | { kind: 'text'; children: Inline[] }
  | { kind: 'fence'; language: string; text: string }
  | { kind: 'quote'; children: Block[] }
  | List;

const QUOTES_MOST = 3;
const FENCE = /^ {0,3}(`{3,})([^`]*)$/;
const FENCE_END = /^ {0,3}(`{3,})[ \t]*$/;
// A blank has to follow, or people who look like >_< would be quoted.
const QUOTE = /^ ?>(?= |>|$) ?/;
const MARKER = /^([ \t]*)(?:[-*+]|(\d{1,3})[.)])[ \t]+(?=\S)/;
const CONTINUED = /^(?: {2}|\t)[ \t]*(?=\S)/;

export function parse(text: string, known: Known = NOBODY): Block[] {
  return new Lines(text.split('\n'), known, 0).read();
}

class Lines {
  private out: Block[] = [];
  private paragraph: string[] = [];
  /** No fence of this many backticks or more ends below: looked for once. */
  private unended = Infinity;
  /** Up to here nothing is quoted: looked at once. */
  private bare = 0;
  private at = 0;

  constructor(
    private readonly lines: readonly string[],
    private readonly known: Known,
    private readonly depth: number,
  ) {}

  read(): Block[] {
    while (this.at < this.lines.length) {
      const block = this.fence() ?? this.quote() ?? this.list();
      if (block) {
        this.flush();
        this.out.push(block);
      } else this.paragraph.push(this.line(this.at++));
    }
    this.flush();
    return this.out;
  }

  private line(i: number): string {
    return this.lines[i] as string;
  }

  private flush(): void {
    let from = 0;
    let to = this.paragraph.length;
    // Beside another block a blank line says nothing that its margin does not say.
    while (from < to && this.paragraph[from]?.trim() === '') from++;
    while (from < to && this.paragraph[to - 1]?.trim() === '') to--;
    const lines = this.paragraph.slice(from, to);
    this.paragraph = [];
    if (lines.length > 0) this.out.push({ kind: 'text', children: texts(lines, this.known) });
  }

  private fence(): Block | null {
    const begin = FENCE.exec(this.line(this.at));
    if (!begin) return null;
    const ticks = (begin[1] as string).length;
    if (ticks >= this.unended) return null;
    for (let i = this.at + 1; i < this.lines.length; i++) {
      if ((FENCE_END.exec(this.line(i))?.[1]?.length ?? 0) < ticks) continue;
      const text = this.lines.slice(this.at + 1, i).join('\n');
      this.at = i + 1;
      return { kind: 'fence', language: (begin[2] ?? '').trim().split(/\s/, 1)[0] ?? '', text };
    }
    this.unended = ticks;
    return null;
  }

  private quote(): Block | null {
    if (this.depth >= QUOTES_MOST || this.at < this.bare) return null;
    const inner: string[] = [];
    let to = this.at;
    while (to < this.lines.length && QUOTE.test(this.line(to))) inner.push(this.line(to++).replace(QUOTE, ''));
    this.bare = to;
    if (inner.every((line) => line.trim() === '')) return null;
    this.at = to;
    return { kind: 'quote', children: new Lines(inner, this.known, this.depth + 1).read() };
  }

  private list(): List | null {
    const first = MARKER.exec(this.line(this.at));
    if (!first) return null;
    const base = width(first[1]);
    const list = listOf(first);
    /** Where a line that is indented and has no marker goes on. */
    let found: { item: Item; lines: string[] }[] = [];
    for (; this.at < this.lines.length; this.at++) {
      const line = this.line(this.at);
      const marker = MARKER.exec(line);
      if (!marker) {
        if (!CONTINUED.test(line)) break;
        found.at(-1)?.lines.push(line.replace(CONTINUED, ''));
        continue;
      }
      const parent = width(marker[1]) >= base + 2 ? list.items.at(-1) : undefined;
      if (!parent && isOrdered(marker) !== list.ordered) break;
      const item: Item = { children: [], lists: [] };
      (parent ? sublist(parent, marker) : list).items.push(item);
      found.push({ item, lines: [line.slice(marker[0].length)] });
    }
    for (const { item, lines } of found) item.children = texts(lines, this.known);
    return list;
  }
}

const width = (indent = ''): number => indent.replaceAll('\t', '    ').length;
const isOrdered = (marker: RegExpExecArray): boolean => marker[2] !== undefined;

function listOf(marker: RegExpExecArray): List {
  return { kind: 'list', ordered: isOrdered(marker), start: Number(marker[2] ?? 1), items: [] };
}

function sublist(parent: Item, marker: RegExpExecArray): List {
  const last = parent.lists.at(-1);
  if (last && last.ordered === isOrdered(marker)) return last;
  const list = listOf(marker);
  parent.lists.push(list);
  return list;
}

/** Lines of text. A blank line ends what was opened before it, but stays what it is: people space their words out. */
function texts(lines: readonly string[], known: Known): Inline[] {
  const out: Inline[] = [];
  let from = 0;
  for (let i = 0; i <= lines.length; i++) {
    if (i < lines.length && lines[i]?.trim() !== '') continue;
    if (i > from) out.push(...inline(lines.slice(from, i).join('\n'), known));
    if (i < lines.length) out.push({ kind: 'text', text: i > from ? `\n${lines[i]}\n` : `${lines[i]}\n` });
    from = i + 1;
  }
  return merged(out);
}

// --- plain ---------------------------------------------------------------------------------------------------------------

/** What one sees of a text, without its marks: for notifications, quotes and the like. */
export function plain(text: string): string {
  return plainBlocks(parse(text));
}

function plainBlocks(blocks: readonly Block[]): string {
  return blocks.map(plainBlock).join('\n');
}

function plainBlock(block: Block): string {
  switch (block.kind) {
    case 'text':
      return plainInline(block.children);
    case 'fence':
      return block.text;
    case 'quote':
      return plainBlocks(block.children);
    case 'list':
      return plainList(block);
  }
}

function plainList({ items, ordered, start }: List): string {
  return items
    .flatMap(({ children, lists }, i) => [
      `${ordered ? `${start + i}.` : '–'} ${plainInline(children)}`,
      ...lists.map((list) => plainList(list).replace(/^/gm, '  ')),
    ])
    .join('\n');
}

function plainInline(pieces: readonly Inline[]): string {
  return pieces.map((piece) => ('children' in piece ? plainInline(piece.children) : piece.text)).join('');
}
