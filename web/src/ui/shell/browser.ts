// What the page asks of the browser: memory that outlives it, frames to draw in, and signs that somebody is there.

import type { Keep, Session } from '../../sync/session';
import type { Channel, TabParts } from '../../sync/tabs';

function store(area: () => Storage): Keep {
  // A browser may forbid storage altogether; then the page's own memory has to do.
  const own = new Map<string, string>();
  return {
    get(key) {
      try {
        return area().getItem(`hubbub.${key}`);
      } catch {
        return own.get(key) ?? null;
      }
    },
    set(key, value) {
      try {
        area().setItem(`hubbub.${key}`, value);
      } catch {
        own.set(key, value);
      }
    },
  };
}

/** Shared by the tabs of this browser: they are one person. */
export const keep: Keep = store(() => localStorage);

/** Of this tab alone; it survives a reload. */
export const ofTab: Keep = store(() => sessionStorage);

/** With the next frame; soon also where there are no frames, since a hidden page draws none. */
export function schedule(run: () => void): void {
  let done = false;
  const once = () => {
    if (done) return;
    done = true;
    run();
  };
  requestAnimationFrame(once);
  setTimeout(once, 250);
}

/** When there is time; soon in any case. */
export function idle(run: () => void): void {
  if ('requestIdleCallback' in window) requestIdleCallback(run, { timeout: 2000 });
  else setTimeout(run, 200);
}

/** How the tabs of this browser know of each other; without locks (plain http but on localhost) each is alone. */
export function tabs(): TabParts {
  // An old browser has neither, and an origin that is not secure no locks.
  const { locks } = navigator as { locks?: LockManager };
  return {
    locks: locks ? { request: (name, options, run) => locks.request(name, options, run) } : null,
    channel: 'BroadcastChannel' in window ? (new BroadcastChannel('hubbub') as Channel) : null,
  };
}

export function randomHex(bytes: number): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (b) => b.toString(16).padStart(2, '0')).join('');
}

export const hasFocus = (): boolean => document.visibilityState === 'visible' && document.hasFocus();

export function socketUrl(): string {
  const url = new URL('/ws', location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}

/** Tells the session when the person comes and goes, and when the network may be back. */
export function watch(session: Session): () => void {
  const stop = new AbortController();
  const on = (target: EventTarget, types: string[], run: () => void) => {
    for (const type of types) target.addEventListener(type, run, { signal: stop.signal });
  };
  on(window, ['focus', 'blur'], () => session.setActive(hasFocus()));
  on(document, ['visibilitychange'], () => {
    session.setActive(hasFocus());
    session.shown(document.visibilityState === 'visible');
  });
  on(window, ['online', 'pageshow'], () => session.kick());
  window.addEventListener(
    'beforeunload',
    (e) => {
      // What the browser does not keep would be lost with the page.
      if (session.current().unsaved) e.preventDefault();
    },
    { signal: stop.signal },
  );
  return () => stop.abort();
}
