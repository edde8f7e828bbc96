// Words by which somebody wants to be called. Pure.

/** What is a word; a C++ or a C# is one. */
const WORD = /[\p{L}\p{N}\p{M}+#]+/gu;

/** From where to where in the text, in UTF-16 units. */
export type Called = readonly [from: number, to: number];

interface Part {
  from: number;
  to: number;
  flat: string;
}

const partsOf = (text: string): Part[] =>
  [...text.matchAll(WORD)].map(({ 0: word, index }) => ({ from: index, to: index + word.length, flat: word.normalize('NFKC').toLowerCase() }));

const standsAt = (at: number, wanted: readonly Part[], here: readonly Part[]): boolean => wanted.every(({ flat }, i) => here[at + i]?.flat === flat);

/**
 * Where one of the words stands in the text, whole and in any case. `wanted`: words, or several in a row, between commas;
 * with one that has a minus before it in the text, none of the others counts.
 */
export function callsIn(wanted: string, text: string): Called[] {
  const here = partsOf(text);
  const found: Called[] = [];
  for (const word of wanted.split(',')) {
    const parts = partsOf(word);
    if (parts.length === 0) continue;
    for (let at = 0; at + parts.length <= here.length; at++) {
      const [first, last] = [here[at], here[at + parts.length - 1]];
      if (!first || !last || !standsAt(at, parts, here)) continue;
      if (word.trim().startsWith('-')) return [];
      found.push([first.from, last.to]);
    }
  }
  return found;
}

export const calls = (wanted: string, text: string): boolean => callsIn(wanted, text).length > 0;
