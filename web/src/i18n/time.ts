// Formatters are made once: making one costs up to a millisecond.

import { locale, t } from './t';

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const full = new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'short' });
const day = new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long' });
const dayAndYear = new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });

export const clockOf = (ts: number): string => clock.format(ts);
export const fullOf = (ts: number): string => full.format(ts);

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
  return (new Date(ts).getFullYear() === n.getFullYear() ? day : dayAndYear).format(ts);
}
