// Days of the reader's calendar. Pure: the time is handed in.

import { dayOf } from '../../../i18n/time';

const padded = (n: number, width: number): string => String(n).padStart(width, '0');

/** As an input of type date has it. */
export function dayIn(ts: number): string {
  const d = new Date(ts);
  return [padded(d.getFullYear(), 4), padded(d.getMonth() + 1, 2), padded(d.getDate(), 2)].join('-');
}

/** The start of the day that was so many days ago. Not by hours: days have 23 or 25 of them twice a year. */
export function daysAgo(count: number, now: number): number {
  const d = new Date(dayOf(now));
  return new Date(d.getFullYear(), d.getMonth(), d.getDate() - count).getTime();
}

export const quickDays = (now: number) =>
  [
    { name: 'today', ms: dayOf(now) },
    { name: 'yesterday', ms: daysAgo(1, now) },
    { name: 'last_week', ms: daysAgo(7, now) },
    { name: 'first', ms: 0 },
  ] as const;
