// The service worker: keeps the app's own files, so that it opens without a network, and leads a click on a notification
// to its message. What people wrote is not its business: it never touches /api, /ws or files; the page keeps those itself.
//
// A build's files are one cache, named after what is in it. Files under /assets never change, so they come from there
// first; the page itself comes from the network while that answers in time, so that nobody is left on an old build.
// A new worker waits until the page asks it to take over (see ui/shell/worker.ts).

import type { ToPage, ToWorker } from './proto/worker';

// Filled in by tools/shell.ts when everything else is built.
declare const SHELL_FILES: readonly string[];
declare const REST_FILES: readonly string[];
declare const BUILD_ID: string;
declare const self: ServiceWorkerGlobalScope;

const PREFIX = 'shell-';
const CACHE = PREFIX + BUILD_ID;
const PAGE = '/';
/** Once, since what the build writes in is long. */
const SHELL = SHELL_FILES;

/** The addresses of the app's screens, as the server and the router know them. */
const SCREEN = /^\/(?:$|r\/|(?:join|welcome|settings|admin|search)(?:\/|$))/;
/** A network that has not answered by then is as good as none; the page says so itself once it has opened. */
const PATIENCE_MS = 3000;
/**
 * Caches that stay: this build's, and the one before, whose pages may still be open in other tabs and fetch a part of
 * themselves that the server no longer has.
 */
const BUILDS_KEPT = 2;

self.addEventListener('install', (event) => event.waitUntil(keepShell()));
self.addEventListener('activate', (event) => event.waitUntil(takeOver()));

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (request.mode === 'navigate') {
    if (SCREEN.test(url.pathname)) event.respondWith(page(request));
  } else if (url.pathname.startsWith('/assets/')) event.respondWith(asset(request));
  else if (SHELL.includes(url.pathname)) event.respondWith(freshOrKept(request));
});

self.addEventListener('message', (event) => {
  const message = event.data as ToWorker;
  if (message.to === 'take-over') event.waitUntil(self.skipWaiting());
  else if (message.to === 'keep-rest') event.waitUntil(keepRest());
  else if (message.to === 'has') event.ports[0]?.postMessage(SHELL.includes(message.path), []);
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const { url } = (event.notification.data ?? {}) as { url?: string };
  event.waitUntil(show(url ?? PAGE));
});

async function keepShell(): Promise<void> {
  const cache = await caches.open(CACHE);
  // Past the browser's own cache, which may hold the page of an older build.
  await cache.addAll(SHELL.map((path) => new Request(path, { cache: 'reload' })));
}

/** What the page loads later, when there is time for it: one at a time, and without what cannot be had. */
async function keepRest(): Promise<void> {
  const cache = await caches.open(CACHE);
  for (const path of REST_FILES) {
    // eslint-disable-next-line no-await-in-loop -- all at once would stand in the way of what the person is doing
    if (!(await cache.match(path))) await cache.add(path).catch(() => undefined);
  }
}

async function takeOver(): Promise<void> {
  // In the order in which they were made.
  const ours = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(ours.slice(0, ours.length - (BUILDS_KEPT - 1)).map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function page(request: Request): Promise<Response> {
  const kept = await caches.open(CACHE).then((cache) => cache.match(PAGE));
  if (!kept) return fetch(request);
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
  try {
    const fresh = await fetch(request, { signal: patience.signal });
    // A proxy whose server is down answers, too, but with nothing that is of use.
    return fresh.status >= 500 ? kept : fresh;
  } catch {
    return kept;
  } finally {
    clearTimeout(timer);
  }
}

async function asset(request: Request): Promise<Response> {
  const kept = await caches.match(request);
  if (kept) return kept;
  const fresh = await fetch(request);
  if (fresh.ok) {
    const copy = fresh.clone();
    const cache = await caches.open(CACHE);
    await cache.put(request, copy).catch(() => undefined); // a full disk is no reason to fail
  }
  return fresh;
}

async function freshOrKept(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (e) {
    const kept = await caches.match(request);
    if (kept) return kept;
    throw e;
  }
}

/** In a window that is open, or else in a new one. */
async function show(url: string): Promise<void> {
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const best = windows.find((w) => w.focused) ?? windows.find((w) => w.visibilityState === 'visible') ?? windows[0];
  if (!best) {
    await self.clients.openWindow(url);
    return;
  }
  best.postMessage({ to: 'go', url } satisfies ToPage, []);
  await best.focus().catch(() => undefined); // not every browser lets it
}
