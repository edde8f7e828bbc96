// Emoji as a table, and finding one in it. Pure: the texts it reads are made while the page is built (tools/emoji.mjs).

export interface Emoji {
  glyph: string;
  /** What stands between colons for it; the first is the usual one. */
  names: readonly string[];
  /** What it is called in the language that is spoken. */
  label: string;
  group: number;
  /** Comes in skin tones. */
  toned: boolean;
  /** In small letters, each with a blank before it. */
  words: string;
}

type CountryName = (letters: string) => string;

const REGION = 0x1f1e6 - 'a'.charCodeAt(0);
const flagOf = (letters: string): string => String.fromCodePoint(...[...letters].map((c) => REGION + c.charCodeAt(0)));

/** `words` may be missing: they come later than the table, or not at all. */
export function read(table: string, words: string, countryName: CountryName): Emoji[] {
  const found: Emoji[] = [];
  const more = words === '' ? [] : words.split('\n');
  let at = 0;
  for (const [group, lines] of table.split('\n\n').entries()) {
    for (const line of lines.split('\n')) {
      const [glyph = '', names = ''] = line.split('\t');
      if (names === '') found.push(country(glyph, group, countryName(glyph.toUpperCase())));
      else found.push(emoji(glyph, names.split(' '), more[at++] ?? '', group));
    }
  }
  return found;
}

function country(letters: string, group: number, name: string): Emoji {
  return { glyph: flagOf(letters), names: [`flag_${letters}`], label: name, group, toned: false, words: ` ${name.toLowerCase()}` };
}

function emoji(marked: string, names: string[], line: string, group: number): Emoji {
  const toned = marked.endsWith('*');
  const [called = '', others] = line.split('\t');
  const label = others === undefined ? (names[0] ?? '').replaceAll('_', ' ') : called;
  const glyph = toned ? marked.slice(0, -1) : marked;
  return { glyph, names, label, group, toned, words: ` ${called} ${others ?? ''}`.toLowerCase() };
}

/** 0: its very name; then names that begin so, parts of names, other words; null: not found by this. */
function rank({ names, words }: Emoji, wish: string): number | null {
  let best: number | null = words.includes(` ${wish}`) ? 3 : null;
  for (const name of names) {
    if (name === wish) return 0;
    if (name.startsWith(wish)) best = 1;
    else if (name.includes(`_${wish}`)) best = Math.min(best ?? 2, 2);
  }
  return best;
}

/** The best first; of equals those that were used lately, then those with the shorter name. */
export function search(all: readonly Emoji[], wish: string, recent: readonly string[], most: number): Emoji[] {
  const parts = wish.toLowerCase().split(/[\s_]+/).filter(Boolean);
  const whole = parts.join('_');
  if (whole === '') return [];
  const lately = (e: Emoji): number => (recent.includes(e.glyph) ? 0 : 1);
  const found: { e: Emoji; rank: number }[] = [];
  for (const e of all) {
    const ranked = rank(e, whole) ?? (parts.length > 1 && parts.every((p) => rank(e, p) !== null) ? 4 : null);
    if (ranked !== null) found.push({ e, rank: ranked });
  }
  found.sort((a, b) => a.rank - b.rank || lately(a.e) - lately(b.e) || length(a.e) - length(b.e));
  return found.slice(0, most).map((f) => f.e);
}

const length = (e: Emoji): number => e.names[0]?.length ?? 0;

/** What stands for `:name:`. */
export function byName(all: readonly Emoji[], name: string): Emoji | undefined {
  const wish = name.toLowerCase();
  return all.find((e) => e.names.includes(wish));
}

/** In a skin tone, 1 (light) to 5 (dark); 0 is none. The tone belongs to the person, who comes first. */
export function inTone({ glyph, toned }: Emoji, tone: number): string {
  if (!toned || tone === 0) return glyph;
  const [person = '', ...rest] = glyph;
  if (rest[0] === '\uFE0F') rest.shift();
  return person + String.fromCodePoint(0x1f3fa + tone) + rest.join('');
}
