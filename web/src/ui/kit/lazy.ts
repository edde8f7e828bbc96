// Parts of the page that are not needed to read and write. They come when the page has nothing else to do, so that each opens
// at once, also without a network; whoever is faster waits for it.

import { lazy, type ComponentType } from 'react';

const AGAIN = 'hubbub.reloaded';

const waiting: (() => Promise<unknown>)[] = [];

/**
 * `lazy`, for a page that may be older than its server: after an update the old part is not there any more, and loading
 * the page anew, once, brings the new one. Everything typed is kept on the device, so nothing is lost by it.
 */
export function later<P extends object>(load: () => Promise<{ default: ComponentType<P> }>) {
  waiting.push(load);
  return lazy(async () => {
    try {
      const part = await load();
      sessionStorage.removeItem(AGAIN);
      return part;
    } catch (e) {
      if (navigator.onLine && sessionStorage.getItem(AGAIN) === null) {
        sessionStorage.setItem(AGAIN, '1');
        location.reload();
      }
      throw e;
    }
  });
}

/** Brings what is not here yet, one part after the other. What does not come now comes when it is asked for. */
export async function warm(): Promise<void> {
  for (const load of waiting.splice(0)) {
    // oxlint-disable-next-line no-await-in-loop -- in turn, so that whatever is wanted meanwhile does not stand behind all of it
    await load().catch(() => {});
  }
}
