// Parts of the page that are not needed to read and write. They come when the page has nothing else to do, so that each opens
// at once, also without a network; whoever is faster waits for it.

import { lazy, useState, type ComponentType } from 'react';

const AGAIN = 'hubbub.reloaded';

const waiting: (() => Promise<unknown>)[] = [];

type Loaded<P> = { default: ComponentType<P> };

/**
 * `lazy`, for a page that may be older than its server: after an update the old part is not there any more, and loading
 * the page anew, once, brings the new one. Everything typed is kept on the device, so nothing is lost by it.
 */
export function later<P extends object>(load: () => Promise<Loaded<P>>): ComponentType<P> {
  let part: ComponentType<P> | null = null;
  const get = async (): Promise<Loaded<P>> => {
    const loaded = await load();
    part = loaded.default;
    return loaded;
  };
  const Waiting = lazy(() => get().then(arrived, stale)) as ComponentType<P>;
  waiting.push(get);
  return function Later(props: P) {
    // As it was when it was opened: to change from the one to the other would be to open it anew.
    const [Part] = useState<ComponentType<P>>(() => part ?? Waiting);
    return <Part {...props} />;
  };
}

function arrived<T>(loaded: T): T {
  sessionStorage.removeItem(AGAIN);
  return loaded;
}

function stale(e: unknown): never {
  if (navigator.onLine && sessionStorage.getItem(AGAIN) === null) {
    sessionStorage.setItem(AGAIN, '1');
    location.reload();
  }
  throw e;
}

/** Brings what is not here yet, one part after the other. What does not come now comes when it is asked for. */
export async function warm(): Promise<void> {
  for (const load of waiting.splice(0)) {
    // oxlint-disable-next-line no-await-in-loop -- in turn, so that whatever is wanted meanwhile does not stand behind all of it
    await load().catch(() => {});
  }
}
