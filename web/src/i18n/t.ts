import { en, type Key } from './en';

export type { Key };

type Vars = Record<string, string | number>;
type Counted = Key extends infer K ? (K extends `${infer Stem}_other` ? Stem : never) : never;

export const locale = 'en';
const plural = new Intl.PluralRules(locale);

export function t(key: Key, vars: Vars = {}): string {
  return fill(en[key], vars);
}

/** The form that fits `count`. */
export function tn(stem: Counted, count: number, vars: Vars = {}): string {
  const form = plural.select(count) === 'one' ? 'one' : 'other';
  return fill(en[`${stem}_${form}` as Key], { count, ...vars });
}

/** The same text in parts, for where a variable is more than plain text: [text, variable's name, text, …]. */
export function tParts(text: string): string[] {
  return text.split(/\{(\w+)\}/);
}

/** The reason in the person's words; the code's own message only where we have none. */
export function reasonOf(error: { code: string; message: string }): string {
  const key = `error_${error.code}`;
  if (Object.hasOwn(en, key)) return t(key as Key);
  return error.message || t('error_other');
}

function fill(text: string, vars: Vars): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(vars[name] ?? whole));
}
