// The emoji of this page: loaded once, when they are first needed; and what this browser's person likes of them.

import { locale } from '../../i18n/t';
import { keep } from '../shell/browser';
import { read, type Emoji } from './find';

const RECENT_MOST = 24;

let loading: Promise<readonly Emoji[]> | undefined;
let complete: Promise<readonly Emoji[]> | undefined;
let loaded: readonly Emoji[] | undefined;

function countryName(letters: string): string {
  try {
    return new Intl.DisplayNames(locale, { type: 'region' }).of(letters) ?? letters;
  } catch {
    return letters;
  }
}

/** With their names alone: enough to write them. */
export function loadEmoji(): Promise<readonly Emoji[]> {
  loading ??= import('virtual:emoji').then(
    ({ default: table }) => (loaded ??= read(table, '', countryName)),
    (e: unknown) => {
      loading = undefined;
      throw e;
    },
  );
  return loading;
}

const words = () => (locale === 'de' ? import('virtual:emoji-words-de') : import('virtual:emoji-words-en'));

/** With all the words by which one looks for them. */
export function loadWords(): Promise<readonly Emoji[]> {
  complete ??= Promise.all([import('virtual:emoji'), words()]).then(
    ([table, more]) => (loaded = read(table.default, more.default, countryName)),
    (e: unknown) => {
      complete = undefined;
      throw e;
    },
  );
  return complete;
}

/** What is there already. */
export const emojiNow = (): readonly Emoji[] | undefined => loaded;

export const recentEmoji = (): readonly string[] => (keep.get('emoji.recent') ?? '').split(' ').filter(Boolean);

export function used(glyph: string): void {
  keep.set('emoji.recent', [glyph, ...recentEmoji().filter((g) => g !== glyph)].slice(0, RECENT_MOST).join(' '));
}

export function toneNow(): number {
  const tone = Number(keep.get('emoji.tone') ?? 0);
  return tone >= 0 && tone <= 5 ? tone : 0;
}

export const setTone = (tone: number): void => keep.set('emoji.tone', String(tone));
