import { useSyncExternalStore } from 'react';
import { locale } from '../../i18n/t';
import type { Journey } from '../../sync/uploads';
import { uploads } from './carry';

/** How it stands with a file that is under way; null: nothing is known of it, since its message has it or it was given up. */
export function useJourney(key: string): Journey | null {
  const get = () => uploads.journeyOf(key);
  return useSyncExternalStore(uploads.subscribe, get, get);
}

let format: Intl.NumberFormat | null = null;

export function percentOf(part: number): string {
  format ??= new Intl.NumberFormat(locale, { style: 'percent' });
  return format.format(part);
}
