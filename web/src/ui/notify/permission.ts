// Whether this browser shows notifications from this page, and asking it: by a click only, since a browser that is asked
// out of the blue says no for good.

import { useSyncExternalStore } from 'react';

export type Permission = 'unsupported' | NotificationPermission;

const listeners = new Set<() => void>();
const told = () => listeners.forEach((changed) => changed());

export const permission = (): Permission =>
  'Notification' in window && isSecureContext ? Notification.permission : 'unsupported';

export async function askPermission(): Promise<void> {
  await Notification.requestPermission();
  told();
}

function subscribe(changed: () => void): () => void {
  listeners.add(changed);
  // One may have changed it in the browser's settings, in another tab.
  window.addEventListener('focus', changed);
  return () => {
    listeners.delete(changed);
    window.removeEventListener('focus', changed);
  };
}

export const usePermission = (): Permission => useSyncExternalStore(subscribe, permission, permission);
