// Words by which somebody wants to be called. Pure.

/** What parts words from each other; a C++ or a C# is a word. */
const BETWEEN = /[^\p{L}\p{N}\p{M}+#]+/u;

const flat = (text: string): string => ` ${text.normalize('NFKC').toLowerCase().split(BETWEEN).join(' ').trim()} `;

/**
 * Whether one of the words stands in the text, whole and in any case. `wanted`: words, or several in a row, between commas;
 * with one that has a minus before it in the text, none of the others counts.
 */
export function calls(wanted: string, text: string): boolean {
  const words = wanted.split(',').map((word) => ({ not: word.trim().startsWith('-'), word: flat(word) }));
  const here = flat(text);
  const found = words.filter(({ word }) => word.trim() !== '' && here.includes(word));
  return found.length > 0 && found.every(({ not }) => !not);
}
