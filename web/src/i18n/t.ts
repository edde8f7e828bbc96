// What the page says, in the person's language. English is in the page; another language comes before the first drawing
// (`speak`). Areas that are loaded later bring their texts with them (`texts`), in all languages.

import { en, type Key } from './en';

export type { Key };

export const LOCALES = ['en', 'de'] as const;
export type Locale = (typeof LOCALES)[number];

type Vars = Record<string, string | number>;
type Stem<K> = K extends `${infer S}_other` ? S : never;

/** One area's words: `t` by key, `tn` by count, `raw` and `rawn` unfilled, for where a variable is more than text. */
export interface Words<K extends string> {
  t(key: K, vars?: Vars): string;
  tn(stem: Stem<K>, count: number, vars?: Vars): string;
  raw(key: K): string;
  rawn(stem: Stem<K>, count: number): string;
}

/** The language that is spoken; fixed once the page is drawn. */
export let locale: Locale = 'en';
let plural = new Intl.PluralRules(locale);
let spoken: Record<Key, string> = en;

/** The best of ours for what the browser says that its person reads. */
export function fitting(wishes: readonly string[]): Locale {
  for (const wish of wishes) {
    const found = LOCALES.find((l) => wish.toLowerCase().split('-')[0] === l);
    if (found) return found;
  }
  return 'en';
}

export async function speak(next: Locale): Promise<void> {
  if (next === 'de') spoken = (await import('./de')).de;
  else spoken = en;
  locale = next;
  plural = new Intl.PluralRules(next);
}

function words<K extends string>(of: () => Record<K, string>): Words<K> {
  // Both languages have only two forms; one with more brings its own keys.
  const form = (stem: Stem<K>, count: number) => of()[`${stem}_${plural.select(count) === 'one' ? 'one' : 'other'}` as K];
  return {
    t: (key, vars = {}) => fill(of()[key], vars),
    tn: (stem, count, vars = {}) => fill(form(stem, count), { count, ...vars }),
    raw: (key) => of()[key],
    rawn: form,
  };
}

/** The words of an area that is loaded later. */
export function texts<K extends string>(all: Record<Locale, Record<K, string>>): Words<K> {
  return words(() => all[locale]);
}

export const { t, tn, raw, rawn } = words<Key>(() => spoken);

/** The same text in parts, for where a variable is more than plain text: [text, variable's name, text, …]. */
export function tParts(text: string): string[] {
  return text.split(/\{(\w+)\}/);
}

/** The reason in the person's words; the code's own message only where we have none. */
export function reasonOf(error: { code: string; message: string }): string {
  const key = `error_${error.code}`;
  if (Object.hasOwn(spoken, key)) return t(key as Key);
  return error.message || t('error_other');
}

function fill(text: string, vars: Vars): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(vars[name] ?? whole));
}
