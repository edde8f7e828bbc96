// What lies over the page: one dialog or drawer at a time, opened from anywhere by its name.

import { useSyncExternalStore } from 'react';
import type { Message } from '../../sync/roomlog';
import type { DetailsTab } from '../rooms/Details';

/** Each surface, and what it is about. The components are in surfaces.tsx. */
export interface Surfaces {
  /** The drawers of small screens. */
  rooms: object;
  people: object;
  /** Making, finding and settling rooms. */
  browse: object;
  create: object;
  direct: object;
  room: { room: string; tab?: DetailsTab };
  switcher: object;
  /** Of people. */
  name: object;
  /** `ask`: at once whether to do that, for those of whom it is known that they may. */
  profile: { id: string; name: string; ask?: { question: 'mute' | 'kick'; role: string } };
  /** Of messages. */
  delete: { message: Message };
  delivery: { message: Message };
  report: { message: Message; room: string };
  react: { message: Message };
  reacted: { message: Message; room: string };
  pins: { room: string };
  date: { room: string };
  picture: { room: string; seq: number; file: string };
  shortcuts: object;
}

export type Surface = { [K in keyof Surfaces]: { kind: K } & Surfaces[K] }[keyof Surfaces];

let open: Surface | null = null;
let path = '';
let byKeys = false;
const listeners = new Set<() => void>();

function set(next: Surface | null): void {
  open = next;
  path = location.pathname;
  for (const listener of listeners) listener();
}

export function show<K extends keyof Surfaces>(kind: K, about: Surfaces[K]): void {
  if (!open) byKeys = document.activeElement?.matches(':focus-visible') === true;
  set({ kind, ...about } as Surface);
}

export const closeSurface = (): void => set(null);

export const surface = (): Surface | null => open;

/** The path at which it was opened. */
export const openedAt = (): string => path;

/** Whether the keyboard opened it, and has to find its place again. */
export const openedByKeys = (): boolean => byKeys;

function subscribe(changed: () => void): () => void {
  listeners.add(changed);
  return () => listeners.delete(changed);
}

export const useSurface = (): Surface | null => useSyncExternalStore(subscribe, surface, surface);
