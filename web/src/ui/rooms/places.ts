// How the list of rooms is arranged on this device: favourites, what is folded, the order; and whether the side with the
// people is open.

import { useSyncExternalStore } from 'react';
import type { SectionName, Sort } from '../../sync/sections';
import { keep } from '../shell/browser';

export interface Places {
  favourites: readonly string[];
  folded: readonly SectionName[];
  sort: Sort;
  /** Whether those who are in the room are shown beside it, where there is room for that. */
  people: boolean;
  /** What was searched for, the last first. */
  searches: readonly string[];
}

const usual: Places = { favourites: [], folded: [], sort: 'name', people: true, searches: [] };
const SEARCHES = 8;

const texts = (v: unknown): string[] => (Array.isArray(v) ? v.filter((x) => typeof x === 'string') : []);

function read(): Places {
  try {
    const said = JSON.parse(keep.get('places') ?? '{}') as Record<string, unknown>;
    return {
      favourites: texts(said.favourites),
      folded: texts(said.folded) as SectionName[],
      sort: said.sort === 'activity' ? 'activity' : 'name',
      people: said.people !== false,
      searches: texts(said.searches),
    };
  } catch {
    return usual;
  }
}

let now: Places | null = null;
const listeners = new Set<() => void>();

export const places = (): Places => (now ??= read());

export function setPlaces(change: Partial<Places>): void {
  now = { ...places(), ...change };
  keep.set('places', JSON.stringify(now));
  for (const listener of listeners) listener();
}

const toggled = <T>(all: readonly T[], one: T): T[] => (all.includes(one) ? all.filter((x) => x !== one) : [...all, one]);

export const toggleFavourite = (room: string): void => setPlaces({ favourites: toggled(places().favourites, room) });
export const toggleFolded = (section: SectionName): void => setPlaces({ folded: toggled(places().folded, section) });

export function searchedFor(text: string): void {
  setPlaces({ searches: [text, ...places().searches.filter((s) => s !== text)].slice(0, SEARCHES) });
}

/** The tabs of this browser agree. */
function stored(e: StorageEvent): void {
  if (e.key !== null && !e.key.endsWith('.places')) return;
  now = read();
  for (const listener of listeners) listener();
}

function subscribe(changed: () => void): () => void {
  if (listeners.size === 0) window.addEventListener('storage', stored);
  listeners.add(changed);
  return () => {
    listeners.delete(changed);
    if (listeners.size === 0) window.removeEventListener('storage', stored);
  };
}

export const usePlaces = (): Places => useSyncExternalStore(subscribe, places, places);
