// The tables of emoji, made while the page is built: from emojibase-data's long files only what a grid and a search need.
// A plugin gives them to the source as modules of one string each: `virtual:emoji`, and `virtual:emoji-words-en` and so on.
//
// The table has one line per emoji, its glyph and its names with a tab between them, and a blank line between the groups.
// `*` behind the glyph: it comes in skin tones. The first of the names is the one that is shown. The flag of a country is only
// its two letters, since the browser knows the names of countries in every language.
//
// Words, one line for each emoji that is no such flag, in the same order, are what else it is found by. In languages other
// than English they begin with what it is called, up to a tab.

import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(import.meta.url);
/** Without the parts that others are put together of. */
const GROUPS = [0, 1, 3, 4, 5, 6, 7, 8, 9];
const COUNTRY = /^1F1[EF][0-9A-F]-1F1[EF][0-9A-F]$/;
/** Newer ones are not on most devices yet, and would show as boxes. */
const NEWEST = 15.1;
/** More find little more, and weigh. */
const TAGS_MOST = 3;
const SMALL = new Set('with of and the on in for to mit und der die das von im auf zu a an'.split(' '));

const read = (file) => require(join('emojibase-data', file));
const list = (value) => (value === undefined ? [] : [value].flat());

function wordsOf(text) {
  return text.toLowerCase().split(/[^\p{L}\p{N}]+/u).filter((w) => w.length > 1 && !SMALL.has(w));
}

const standing = () =>
  read('en/data.json')
    .filter((e) => GROUPS.includes(e.group) && e.version <= NEWEST)
    .toSorted((a, b) => a.order - b.order);

/** What people have come to write: GitHub's names and Slack's, and emojibase's own where those have none. */
function namesOf(hexcode, [github, slack, own]) {
  const names = [...list(github[hexcode]), ...list(slack[hexcode])];
  const found = names.length > 0 ? names : list(own[hexcode]).slice(0, 1);
  return [...new Set(found.map((n) => (n === '-1' ? n : n.replaceAll('-', '_'))))];
}

/** The letters of a country's flag. */
const lettersOf = (hexcode) => hexcode.split('-').map((h) => String.fromCharCode(Number.parseInt(h, 16) - 0x1f1e6 + 97)).join('');

/** As keyboards write it: what is a picture by itself needs no selector to say so. */
const glyphOf = (entry) => entry.emoji.replace(/(\p{Emoji_Presentation})\uFE0F/gu, '$1');

function line(entry, sets) {
  if (COUNTRY.test(entry.hexcode)) return lettersOf(entry.hexcode);
  // Pictures of several people come in more tones than one can choose; they stay as they are.
  return `${glyphOf(entry)}${entry.skins?.length === 5 ? '*' : ''}\t${namesOf(entry.hexcode, sets).join(' ')}`;
}

export function table() {
  const sets = ['github', 'iamcal', 'emojibase'].map((set) => read(`en/shortcodes/${set}.json`));
  const all = standing();
  return GROUPS.map((group) => all.filter((e) => e.group === group).map((e) => line(e, sets)).join('\n')).join('\n\n');
}

export function words(language) {
  const by = new Map(read(`${language}/data.json`).map((e) => [e.hexcode, e]));
  return standing()
    .filter((e) => !COUNTRY.test(e.hexcode))
    .map(({ hexcode }) => {
      const { label = '', tags = [] } = by.get(hexcode) ?? {};
      const called = wordsOf(label);
      const more = [...new Set(tags.flatMap(wordsOf))].filter((w) => !called.includes(w)).slice(0, TAGS_MOST);
      return language === 'en' ? [...called, ...more].join(' ') : `${label}\t${more.join(' ')}`;
    })
    .join('\n');
}

export function emoji() {
  const PREFIX = 'virtual:emoji';
  return {
    name: 'emoji',
    resolveId: (id) => (id.startsWith(PREFIX) ? `\0${id}` : undefined),
    load(id) {
      if (!id.startsWith(`\0${PREFIX}`)) return undefined;
      const language = id.split('-words-')[1];
      return `export default ${JSON.stringify(language ? words(language) : table())};`;
    },
  };
}
