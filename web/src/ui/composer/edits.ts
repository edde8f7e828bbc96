// What formatting does to a text: pure. An edit says what is put in the place of what, so that the field can make it one step
// that can be undone.

/** A text and what is selected in it; from and to are the same where the caret just stands. */
export interface Spot {
  text: string;
  from: number;
  to: number;
}

export interface Edit {
  from: number;
  to: number;
  put: string;
  /** What is selected after it. */
  select: readonly [number, number];
}

export type LineMark = 'list' | 'numbers' | 'quote';

const FENCE = /^ {0,3}`{3,}/;
const ITEM = /^([ \t]*)(?:([-*+])|(\d{1,3})([.)]))([ \t]+)/;
const QUOTE = /^ ?(?:> ?)+/;

const lineStart = (text: string, at: number): number => text.lastIndexOf('\n', at - 1) + 1;
const lineEnd = (text: string, at: number): number => (text.indexOf('\n', at) + 1 || text.length + 1) - 1;

/** Whether a place is inside code, where marks are only characters. */
export function inCode(text: string, at: number): boolean {
  let open = false;
  const before = text.slice(0, at).split('\n');
  const last = before.pop() ?? '';
  for (const line of before) if (FENCE.test(line)) open = !open;
  return open || (last.match(/`/g)?.length ?? 0) % 2 === 1;
}

/** The mark around what is selected; taken away where it is there already. */
export function wrapped({ text, from, to }: Spot, mark: string): Edit {
  const inside = text.slice(from, to);
  const { length } = mark;
  if (text.slice(from - length, from) === mark && text.slice(to, to + length) === mark && !widerThan(text, from, to, mark)) {
    return { from: from - length, to: to + length, put: inside, select: [from - length, to - length] };
  }
  if (inside.length > 2 * length && inside.startsWith(mark) && inside.endsWith(mark)) {
    const bare = inside.slice(length, -length);
    return { from, to, put: bare, select: [from, from + bare.length] };
  }
  // A blank beside the mark, inside, would make it text.
  const lead = inside.length - inside.trimStart().length;
  const core = inside.trim();
  const start = core === '' ? from : from + lead;
  const end = core === '' ? to : start + core.length;
  const put = mark + text.slice(start, end) + mark;
  return { from: start, to: end, put, select: [start + length, end + length] };
}

/** Two stars around it are not a star around it. */
function widerThan(text: string, from: number, to: number, mark: string): boolean {
  return mark.length === 1 && text[from - 2] === mark && text[to + 1] === mark && text[from - 3] !== mark;
}

/** What a mark typed over a selection does; null: it just replaces it, as every character. */
export function typedOver(spot: Spot, char: string): Edit | null {
  const inside = spot.text.slice(spot.from, spot.to);
  if (inside.trim() === '' || !'*_`~'.includes(char) || char.length !== 1) return null;
  const mark = char === '~' ? '~~' : char;
  const put = mark + inside + mark;
  return { from: spot.from, to: spot.to, put, select: [spot.from + mark.length, spot.to + mark.length] };
}

/** Code: between backticks in a line, between fences over several. */
export function asCode(spot: Spot): Edit {
  return spot.text.slice(spot.from, spot.to).includes('\n') ? fenced(spot) : wrapped(spot, '`');
}

/** Between fences of its own lines; longer ones where the code itself has some. */
export function fenced({ text, from, to }: Spot): Edit {
  const inside = text.slice(from, to).replace(/\n$/, '');
  const longest = Math.max(2, ...[...inside.matchAll(/`+/g)].map((m) => m[0].length));
  const fence = '`'.repeat(longest + 1);
  const before = from > 0 && text[from - 1] !== '\n' ? '\n' : '';
  const after = text[to] === '\n' || (to === text.length && inside !== '') ? '' : '\n';
  const put = `${before}${fence}\n${inside}\n${fence}${after}`;
  const start = from + before.length + fence.length + 1;
  return { from, to, put, select: inside === '' ? [start, start] : [from + put.length, from + put.length] };
}

/** What is selected, as the name of a link; null: it cannot be one. */
export function linked({ text, from, to }: Spot, pasted: string): Edit | null {
  const url = pasted.trim();
  const name = text.slice(from, to);
  if (!/^(?:https?:\/\/|mailto:)\S+$/i.test(url) || name.trim() === '' || /[\n[\]]|https?:\/\//.test(name)) return null;
  const put = `[${name}](${url})`;
  return { from, to, put, select: [from + put.length, from + put.length] };
}

/** The mark before each line that is selected; taken away where all have it. */
export function marked({ text, from, to }: Spot, mark: LineMark): Edit {
  const start = lineStart(text, from);
  const end = lineEnd(text, Math.max(from, text[to - 1] === '\n' && to > from ? to - 1 : to));
  const lines = text.slice(start, end).split('\n');
  const is = mark === 'quote' ? QUOTE : mark === 'list' ? /^[ \t]*[-*+][ \t]+/ : /^[ \t]*\d{1,3}[.)][ \t]+/;
  const all = lines.every((l) => is.test(l));
  const bare = (line: string): string => (mark === 'quote' ? line : line.replace(ITEM, '$1'));
  const made = lines.map((line, i) => {
    if (all) return line.replace(is, '');
    return (mark === 'quote' ? '> ' : mark === 'list' ? '- ' : `${i + 1}. `) + bare(line);
  });
  const put = made.join('\n');
  if (lines.length > 1) return { from: start, to: end, put, select: [start, start + put.length] };
  const caret = Math.max(start, Math.min(to + put.length - (end - start), start + put.length));
  return { from: start, to: end, put, select: [caret, caret] };
}

/** The next line of a list or a quote goes on as one; an item without words ends it. Null: a plain new line. */
export function newLine({ text, from, to }: Spot): Edit | null {
  const start = lineStart(text, from);
  const line = text.slice(start, lineEnd(text, from));
  const item = ITEM.exec(line);
  const mark = item?.[0] ?? QUOTE.exec(line)?.[0];
  if (from !== to || mark === undefined || from < start + mark.length || inCode(text, from)) return null;
  if (line.slice(mark.length).trim() === '') return { from: start, to: start + line.length, put: '', select: [start, start] };
  const next = item?.[3] === undefined ? mark : mark.replace(/\d+/, (n) => String(Number(n) + 1));
  const caret = from + 1 + next.length;
  return { from, to, put: `\n${next}`, select: [caret, caret] };
}

/** Whether several lines that were pasted are code: they are indented, or end as lines of programs do. */
export function looksLikeCode(pasted: string): boolean {
  const lines = pasted.split('\n').filter((l) => l.trim() !== '');
  if (lines.length < 2 || pasted.includes('```')) return false;
  const like = lines.filter((l) => /^(?: {2,}|\t)\S/.test(l) || /(?:[{;]|=>|^\s*[})\]]+[;,]?)\s*$/.test(l));
  // A list in a list is indented, too.
  const items = lines.filter((l) => ITEM.test(l));
  return like.length * 2 >= lines.length && items.length * 2 < lines.length;
}
