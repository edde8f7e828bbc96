// What a person likes on this device. Kept in the browser's storage, shared by its tabs, shown on <html> as attributes that
// the style sheets read.

import { useSyncExternalStore } from 'react';
import { setClock, type Clock } from '../../i18n/time';
import { fitting, LOCALES, type Locale } from '../../i18n/t';
import { keep } from './browser';

export interface Prefs {
  theme: 'system' | 'light' | 'dark';
  density: 'cosy' | 'compact';
  /** Of 16 px. */
  textPercent: number;
  clock: Clock;
  /** Empty: what the browser says. */
  language: Locale | '';
  /** Whether Enter sends, or makes a new line. */
  enterSends: boolean;
  /** Whether others see that one is typing. */
  tellTyping: boolean;
  /** Whether what pictures tell of where and when they were taken is left out. */
  cleanPictures: boolean;
  /** Whether this device shows notifications, once its browser may. */
  notify: boolean;
  /** Whether a notification makes a sound. */
  sound: boolean;
  /** No notifications between these hours (0–23); the same twice: never. */
  quietFrom: number;
  quietTo: number;
  /** Words that ring like one's name, between commas (text/calls.ts). */
  callWords: string;
}

export const TEXT_PERCENTS = [90, 100, 110, 125] as const;

const usual: Prefs = {
  theme: 'system',
  density: 'cosy',
  textPercent: 100,
  clock: 'auto',
  language: '',
  enterSends: true,
  tellTyping: true,
  cleanPictures: true,
  notify: true,
  sound: false,
  quietFrom: 0,
  quietTo: 0,
  callWords: '',
};

let now: Prefs = read();
const listeners = new Set<() => void>();

/** What is stored may be of another version, or somebody's joke: only what fits is taken. */
function read(): Prefs {
  try {
    const said = JSON.parse(keep.get('prefs') ?? '{}') as Record<string, unknown>;
    const fits = Object.entries(usual).map(([key, value]) => [key, typeof said[key] === typeof value ? said[key] : value]);
    const prefs = Object.fromEntries(fits) as Prefs;
    if (prefs.language !== '' && !LOCALES.includes(prefs.language)) prefs.language = '';
    if (!TEXT_PERCENTS.some((p) => p === prefs.textPercent)) prefs.textPercent = 100;
    return prefs;
  } catch {
    return usual;
  }
}

/** Puts on the page what the style sheets need to know. */
function show(): void {
  const { dataset, style } = document.documentElement;
  dataset.theme = now.theme;
  dataset.density = now.density;
  style.fontSize = now.textPercent === 100 ? '' : `${now.textPercent}%`;
  setClock(now.clock);
}

/** Before the first drawing; from then on the tabs of this browser agree. */
export function beginPrefs(): void {
  show();
  window.addEventListener('storage', (e) => {
    if (e.key === null || e.key.endsWith('.prefs')) took(read());
  });
}

function took(next: Prefs): void {
  now = next;
  show();
  for (const listener of listeners) listener();
}

export function setPrefs(change: Partial<Prefs>): void {
  const next = { ...now, ...change };
  keep.set('prefs', JSON.stringify(next));
  took(next);
}

export const prefs = (): Prefs => now;

export const wishedLocale = (): Locale => now.language || fitting(navigator.languages);

export function onPrefs(changed: () => void): () => void {
  listeners.add(changed);
  return () => listeners.delete(changed);
}

export const usePrefs = (): Prefs => useSyncExternalStore(onPrefs, prefs, prefs);
