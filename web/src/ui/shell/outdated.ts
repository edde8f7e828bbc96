// Whether this page is older than the build that the service worker has ready. The worker's side of the page comes later
// than the page itself (worker.ts), and tells it here.

import { useSyncExternalStore } from 'react';

let outdated = false;
const listeners = new Set<() => void>();

export function markOutdated(): void {
  outdated = true;
  for (const changed of listeners) changed();
}

function subscribe(changed: () => void): () => void {
  listeners.add(changed);
  return () => listeners.delete(changed);
}

export const useOutdated = (): boolean => useSyncExternalStore(subscribe, () => outdated, () => false);

/** Fetches the new build while the person makes up their mind. */
export function seekUpdate(): void {
  import('./worker').then((worker) => worker.update(), () => undefined);
}

/** By a click only: somebody may be typing. */
export async function reloadToNewest(): Promise<void> {
  await import('./worker').then((worker) => worker.takeNewest(), () => undefined);
  location.reload();
}
