// Which room is open stands in the address after the #, so that reload, back and forward, and a bookmark work, and the
// server need not know about it.

import { useSyncExternalStore } from 'react';
import { LOBBY } from '../../proto/v1';

export const hrefOf = (room: string): string => (room === LOBBY ? '#/' : `#/r/${encodeURIComponent(room)}`);

export function roomOfHash(hash: string): string {
  const id = /^#\/r\/(.+)$/.exec(hash)?.[1];
  if (id === undefined) return LOBBY;
  try {
    return decodeURIComponent(id);
  } catch {
    return LOBBY;
  }
}

export function go(room: string): void {
  location.hash = hrefOf(room);
}

function subscribe(changed: () => void): () => void {
  window.addEventListener('hashchange', changed);
  return () => window.removeEventListener('hashchange', changed);
}

export function useRoute(): string {
  return useSyncExternalStore(subscribe, () => roomOfHash(location.hash), () => LOBBY);
}
