// Times as the reader reads them: their zone, their language, their clock. Formatters are made once: making one costs up to
// a millisecond.

import { locale, t } from './t';

export type Clock = 'auto' | '12' | '24';

let hours: Clock = 'auto';
const made = new Map<string, Intl.DateTimeFormat>();

/** Twelve or twenty-four hours, or as is the custom of the language. */
export function setClock(clock: Clock): void {
  hours = clock;
  made.clear();
  minutes.clear();
}

function format(name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${name}`;
  let found = made.get(key);
  if (!found) {
    const cycle = hours === 'auto' ? {} : { hourCycle: hours === '12' ? ('h12' as const) : ('h23' as const) };
    // The region decides how English writes a date, so the browser's own wish counts where it is of our language.
    const wish = typeof navigator === 'undefined' ? [] : navigator.languages.filter((l) => l.startsWith(locale));
    found = new Intl.DateTimeFormat([...wish, locale], { ...options, ...('hour' in options || options.timeStyle ? cycle : {}) });
    made.set(key, found);
  }
  return found;
}

const minutes = new Map<string, { minute: number; text: string }>();

/** What says no more than the minute, of which many messages share one: formatting is the dearest part of drawing a row. */
function inMinute(name: string, options: Intl.DateTimeFormatOptions, ts: number): string {
  const minute = Math.floor(ts / 60_000);
  const key = `${locale} ${name}`;
  let last = minutes.get(key);
  if (last?.minute !== minute) {
    last = { minute, text: format(name, options).format(ts) };
    minutes.set(key, last);
  }
  return last.text;
}

export const clockOf = (ts: number): string => inMinute('clock', { hour: '2-digit', minute: '2-digit' }, ts);
export const fullOf = (ts: number): string => inMinute('full', { dateStyle: 'full', timeStyle: 'short' }, ts);
/** To the millisecond, for what happens within a blink. */
export const preciseOf = (ts: number): string =>
  format('precise', { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 }).format(ts);
/** A day and a time in little room, for tables. */
export const shortOf = (ts: number): string => format('short', { dateStyle: 'medium', timeStyle: 'short' }).format(ts);
export const dateOf = (ts: number): string => format('date', { dateStyle: 'medium' }).format(ts);

/** The start of the viewer's day; also tells whether two moments are on the same one. */
export function dayOf(ts: number): number {
  const d = new Date(ts);
  return new Date(d.getFullYear(), d.getMonth(), d.getDate()).getTime();
}

export function dayLabel(ts: number, now: number): string {
  const then = dayOf(ts);
  if (then === dayOf(now)) return t('today');
  const n = new Date(now);
  // Not 24 hours ago: days have 23 or 25 of them twice a year.
  if (then === new Date(n.getFullYear(), n.getMonth(), n.getDate() - 1).getTime()) return t('yesterday');
  const words = { weekday: 'long', day: 'numeric', month: 'long' } as const;
  if (new Date(ts).getFullYear() === n.getFullYear()) return format('day', words).format(ts);
  return format('day and year', { ...words, year: 'numeric' }).format(ts);
}
