// Parts of the page that come when they are first needed.

import { lazy, type ComponentType } from 'react';

const AGAIN = 'hubbub.reloaded';

/**
 * `lazy`, for a page that may be older than its server: after an update the old part is not there any more, and loading
 * the page anew, once, brings the new one. Everything typed is kept on the device, so nothing is lost by it.
 */
export function later<P extends object>(load: () => Promise<{ default: ComponentType<P> }>) {
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
