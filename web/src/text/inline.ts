// The inside of a line: emphasis, code, links, mentions. One pass from left to right; each character is looked at a
// bounded number of times, whatever the text, and nothing nests deeper than there are kinds of mark.
//
// Pieces are put out flat. A mark that may open something is put out as the text that it is, and remembered; when the mark
// that closes it comes, what stands between them moves into a node. What never closes is text already.

import { bareLink, destination } from './links';

export type Mark = 'bold' | 'italic' | 'strike';

export type Inline =
  | { kind: 'text'; text: string }
  | { kind: 'code'; text: string }
  | { kind: Mark; children: Inline[] }
  | { kind: 'link'; href: string; children: Inline[] }
  /** `id` is the person's; empty when everybody is meant. */
  | { kind: 'mention'; text: string; id: string }
  | { kind: 'room'; text: string; id: string };

/** Whom and what a text can name. Keys are names as `foldName` makes them, values are ids. */
export interface Known {
  people: ReadonlyMap<string, string>;
  rooms: ReadonlyMap<string, string>;
  /** Whether @here and @room mean everybody: not everyone's do. */
  all: boolean;
}

export const NOBODY: Known = { people: new Map(), rooms: new Map(), all: false };

/** Names are compared without the case of ASCII letters, as the server does it. */
export const foldName = (name: string): string => name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

type Delimiter = '**' | '*' | '_' | '~~';
const MARKS: Record<Delimiter, Mark> = { '**': 'bold', '*': 'italic', _: 'italic', '~~': 'strike' };

interface Opener {
  mark: Delimiter | '[';
  /** Its place among the pieces. */
  at: number;
  /** Of a bracket: how many links there were before it. */
  links: number;
}

// The figure that shrugs comes first: its backslash is an arm.
const SPECIAL = /¯\\_\(ツ\)_\/¯|[\\`*_~[\]@#]|https?:\/\//gi;
const ESCAPABLE = /[!-/:-@[-`{-~]/;
const SPACE = /\s/;
const LETTER = /[\p{L}\p{N}_]/u;
/** As many words as a name behind an @ can have, and units of text in which they lie. */
const WORDS_MOST = 5;
const NAME_MOST = 80;

export function inline(text: string, known: Known): Inline[] {
  return new Scanner(text, known).run();
}

/**
 * The server's rule for where a name may begin and end: beyond ASCII all but the punctuation from U+2000 to U+203F, the
 * apostrophe that phones write among it, counts as a letter.
 */
const inName = (c = ' '): boolean => /[\w\x80-\u1fff\u2040-\uffff]/.test(c);

class Scanner {
  private out: Inline[] = [];
  private openers: Opener[] = [];
  /** The opener that a mark would close, by its place in `openers`. One per kind: so nothing nests without end. */
  private open = new Map<Delimiter, number>();
  private brackets: number[] = [];
  private links = 0;
  private at = 0;
  private ticks: Map<number, number[]> | undefined;

  constructor(
    private readonly text: string,
    private readonly known: Known,
  ) {}

  run(): Inline[] {
    const { text } = this;
    while (this.at < text.length) {
      SPECIAL.lastIndex = this.at;
      const found = SPECIAL.exec(text);
      const next = found?.index ?? text.length;
      if (next > this.at) this.put(text.slice(this.at, next));
      this.at = next;
      if (found) this.special(found[0]);
    }
    return merged(this.out);
  }

  private special(found: string): void {
    if (found.length > 3) return found[0] === '¯' ? this.take(found.length) : this.link();
    switch (found) {
      case '\\':
        return this.escape();
      case '`':
        return this.code();
      case '[':
        this.brackets.push(this.openers.length);
        return this.opens('[', 1);
      case ']':
        return this.closeBracket();
      case '@':
        return this.mention();
      case '#':
        return this.room();
      default:
        return this.delimiters(found);
    }
  }

  private put(text: string): void {
    this.out.push({ kind: 'text', text });
  }

  /** The next `count` units are only text. */
  private take(count: number): void {
    this.put(this.text.slice(this.at, this.at + count));
    this.at += count;
  }

  private escape(): void {
    if (ESCAPABLE.test(this.text[this.at + 1] ?? '')) this.at++;
    this.take(1);
  }

  // --- code -------------------------------------------------------------------------------------------------------------

  private code(): void {
    const count = this.runOf('`');
    const begin = this.at + count;
    const end = this.closingTicks(count, begin);
    if (end === undefined) return this.take(count);
    const inside = this.text.slice(begin, end);
    // One blank at each side may keep a backtick inside apart from the marks.
    const spaced = inside.startsWith(' ') && inside.endsWith(' ') && inside.trim() !== '';
    this.out.push({ kind: 'code', text: spaced ? inside.slice(1, -1) : inside });
    this.at = end + count;
    return undefined;
  }

  /** The next run of as many backticks. They are all looked up once, and each list is only ever walked forward. */
  private closingTicks(count: number, from: number): number | undefined {
    if (!this.ticks) {
      this.ticks = new Map();
      for (const run of this.text.matchAll(/`+/g)) {
        const list = this.ticks.get(run[0].length);
        if (list) list.push(run.index);
        else this.ticks.set(run[0].length, [run.index]);
      }
      for (const list of this.ticks.values()) list.reverse();
    }
    const list = this.ticks.get(count) ?? [];
    while ((list.at(-1) ?? Infinity) < from) list.pop();
    return list.at(-1);
  }

  private runOf(char: string): number {
    let end = this.at;
    while (this.text[end] === char) end++;
    return end - this.at;
  }

  // --- emphasis -----------------------------------------------------------------------------------------------------------

  private delimiters(char: string): void {
    const count = this.runOf(char);
    const kinds: Delimiter[] = char === '*' ? ['**', '*'] : char === '_' ? ['_'] : ['~~'];
    const most = char === '*' ? 3 : (kinds[0] as string).length;
    if (count > most || (char === '~' && count < 2)) return this.take(count);
    const before = this.text[this.at - 1];
    const after = this.text[this.at + count];
    let left = count;
    for (let kind = this.closable(kinds, left, before, after); kind; kind = this.closable(kinds, left, before, after)) {
      this.close(kind);
      left -= kind.length;
      this.at += kind.length;
    }
    for (const kind of kinds) {
      if (kind.length > left || !mayOpen(kind, before, after)) continue;
      this.open.set(kind, this.openers.length);
      this.opens(kind, kind.length);
      left -= kind.length;
    }
    if (left > 0) this.take(left);
    return undefined;
  }

  /** Which of the kinds that are open, and stand there in full, was opened last. */
  private closable(kinds: Delimiter[], left: number, before?: string, after?: string): Delimiter | undefined {
    let best: Delimiter | undefined;
    for (const kind of kinds) {
      const place = this.open.get(kind);
      if (place === undefined || !mayClose(kind, before, after)) continue;
      // Something has to stand between.
      if ((this.openers[place] as Opener).at === this.out.length - 1) continue;
      if (left === 2 && kind === '**' && this.besides(place)) return kind;
      if (kind.length <= left && (best === undefined || place > (this.open.get(best) as number))) best = kind;
    }
    return best;
  }

  /** `***` opened both; what closes first was meant to be inside. */
  private besides(place: number): boolean {
    const outer = this.openers[place] as Opener;
    const inner = this.openers[place + 1];
    if (inner?.mark !== '*' || inner.at !== outer.at + 1 || this.open.get('*') !== place + 1) return false;
    [outer.mark, inner.mark] = ['*', '**'];
    this.out.splice(outer.at, 2, { kind: 'text', text: '*' }, { kind: 'text', text: '**' });
    this.open.set('*', place);
    this.open.set('**', place + 1);
    return true;
  }

  private opens(mark: Delimiter | '[', length: number): void {
    this.openers.push({ mark, at: this.out.length, links: this.links });
    this.take(length);
  }

  private close(kind: Delimiter): void {
    const place = this.open.get(kind) as number;
    const { at } = this.openers[place] as Opener;
    this.forget(place);
    const children = merged(this.out.splice(at + 1));
    this.out[at] = { kind: MARKS[kind], children };
  }

  /** What was opened here or later will not be closed any more. */
  private forget(place: number): void {
    for (let i = this.openers.length - 1; i >= place; i--) {
      const { mark } = this.openers.pop() as Opener;
      if (mark !== '[' && this.open.get(mark) === i) this.open.delete(mark);
    }
    while (this.brackets.length > 0 && (this.brackets.at(-1) as number) >= place) this.brackets.pop();
  }

  // --- links ------------------------------------------------------------------------------------------------------------

  private link(): void {
    const { url, length } = bareLink(this.text, this.at);
    if (url === null) return this.take(length);
    this.links++;
    this.out.push({ kind: 'link', href: url, children: [{ kind: 'text', text: url }] });
    this.at += url.length;
    return undefined;
  }

  private closeBracket(): void {
    const place = this.brackets.pop();
    const opener = place === undefined ? undefined : this.openers[place];
    const to = opener && destination(this.text, this.at + 1);
    // A label that is an address itself could show another place than the one it leads to.
    if (place === undefined || !opener || !to || opener.links !== this.links || opener.at === this.out.length - 1) {
      return this.take(1);
    }
    this.forget(place);
    this.links++;
    const children = merged(this.out.splice(opener.at + 1));
    this.out[opener.at] = { kind: 'link', href: to.url, children };
    this.at = to.end;
    return undefined;
  }

  // --- names ------------------------------------------------------------------------------------------------------------

  private mention(): void {
    const { people, all } = this.known;
    const named = this.named(people);
    if (named) {
      this.out.push({ kind: 'mention', ...named });
      return;
    }
    const alone = !inName(this.text[this.at - 1]) && !inName(this.text[this.at + 5]);
    const everybody = all && alone && /^@(?:here|room)/.exec(this.text.slice(this.at, this.at + 5));
    if (!everybody) return this.take(1);
    this.at += everybody[0].length;
    this.out.push({ kind: 'mention', text: everybody[0], id: '' });
  }

  private room(): void {
    const named = this.named(this.known.rooms);
    if (named) this.out.push({ kind: 'room', ...named });
    else this.take(1);
  }

  /** A known name that begins behind the mark: tried from the longest to the shortest, since names have spaces. */
  private named(names: ReadonlyMap<string, string>): { text: string; id: string } | null {
    if (names.size === 0 || inName(this.text[this.at - 1])) return null;
    const mark = this.text[this.at];
    const rest = this.text.slice(this.at + 1, this.at + 1 + NAME_MOST);
    const ends: number[] = [];
    for (let i = 0; i < rest.length && ends.length < WORDS_MOST && rest[i] !== '\n' && rest[i] !== mark; i++) {
      if (inName(rest[i]) && !inName(rest[i + 1])) ends.push(i + 1);
    }
    for (const end of ends.toReversed()) {
      const id = names.get(foldName(rest.slice(0, end)));
      if (id === undefined) continue;
      const text = this.text.slice(this.at, this.at + 1 + end);
      this.at += text.length;
      return { text, id };
    }
    return null;
  }
}

/** A single mark inside a word is none: snake_case, 2*3*4. */
function mayOpen(kind: Delimiter, before: string | undefined, after: string | undefined): boolean {
  return after !== undefined && !SPACE.test(after) && !joins(kind, before);
}

function mayClose(kind: Delimiter, before: string | undefined, after: string | undefined): boolean {
  return before !== undefined && !SPACE.test(before) && !joins(kind, after);
}

function joins(kind: Delimiter, char: string | undefined): boolean {
  if (char === undefined || kind.length > 1) return false;
  // A star stands between the letters of scripts without spaces, too.
  return kind === '_' ? LETTER.test(char) : /[A-Za-z0-9]/.test(char);
}

/** Neighbouring texts as one. */
export function merged(pieces: Inline[]): Inline[] {
  const out: Inline[] = [];
  let run: string[] = [];
  const flush = () => {
    if (run.length > 0) out.push({ kind: 'text', text: run.join('') });
    run = [];
  };
  for (const piece of pieces) {
    if (piece.kind === 'text') run.push(piece.text);
    else {
      flush();
      out.push(piece);
    }
  }
  flush();
  return out;
}
