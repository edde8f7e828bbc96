// How well a name fits what somebody types to find it. Pure, and quick enough for every key over some thousand names.

const MARK = /\p{Mark}/gu;
const LETTER = /[\p{L}\p{N}]/u;

/** Without case and accents, as one types in a hurry. One character stays one: places in it are places in the name. */
export function folded(text: string): string {
  let out = '';
  for (const c of text) {
    const plain = c.normalize('NFD').replace(MARK, '').toLowerCase();
    // What becomes another number of characters stays as it is.
    out += plain.length === c.length ? plain : c.toLowerCase().slice(0, c.length).padEnd(c.length);
  }
  return out;
}

const startsWord = (name: string, at: number): boolean => at === 0 || !LETTER.test(name[at - 1] as string);

/** One word of what was typed: the beginning of the name, of one of its words, a part, or its letters in their order. */
function wordFit(word: string, name: string): number {
  let best = 0;
  for (let at = name.indexOf(word); at >= 0; at = name.indexOf(word, at + 1)) {
    best = Math.max(best, at === 0 ? 100 : startsWord(name, at) ? 80 : 50);
  }
  return best > 0 ? best : lettersFit(word, name);
}

/** Letters in their order: few gaps are better, beginnings of words are better still. */
function lettersFit(word: string, name: string): number {
  let from = 0;
  let score = 30;
  for (const c of word) {
    const at = name.indexOf(c, from);
    if (at < 0) return 0;
    if (at > from && !startsWord(name, at)) score -= 4;
    from = at + c.length;
  }
  return Math.max(1, score);
}

/** 0: not at all; otherwise more is better, and of two that fit alike the shorter name is. */
export function fit(query: string, name: string): number {
  const words = folded(query).split(/\s+/).filter(Boolean);
  const plain = folded(name);
  if (words.length === 0) return 1;
  let sum = 0;
  for (const word of words) {
    const score = wordFit(word, plain);
    if (score === 0) return 0;
    sum += score;
  }
  return sum / words.length + 5 / (plain.length + 1);
}

/** Those that fit, best first; what `lift` gives (being unread, being recent) decides among those that fit alike. */
export function ranked<T>(query: string, all: readonly T[], nameOf: (one: T) => string, lift: (one: T) => number): T[] {
  return all
    .flatMap((one) => {
      const found = fit(query, nameOf(one));
      return found > 0 ? [{ one, score: found + lift(one) }] : [];
    })
    .toSorted((a, b) => b.score - a.score)
    .map((r) => r.one);
}
