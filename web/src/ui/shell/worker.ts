// The page's side of the service worker (src/sw.ts): starting it, and changing to a new build when the person wants to.
// Browsers have service workers on https and on this machine only; elsewhere nothing here does anything.

import { useSyncExternalStore } from 'react';
import type { ToPage, ToWorker } from '../../proto/worker';
import { workerUrl } from './trusted';

/** A worker that does not answer is not worth waiting for. */
const ANSWER_MS = 2000;

let registration: ServiceWorkerRegistration | null = null;
/** The page is older than the build that waits. Without asking the server: a page out of the cache finds out, too. */
let outdated = false;
const listeners = new Set<() => void>();

/** Once the page is drawn and the network is free. `go` leads to an address of the app. */
export function startWorker(go: (url: string) => void): void {
  const workers = navigator.serviceWorker as ServiceWorkerContainer | undefined;
  if (!workers) return;
  workers.addEventListener('message', (event) => {
    const message = event.data as ToPage;
    if (message.to === 'go') go(message.url);
  });
  const begin = () => void register(workers);
  if (document.readyState === 'complete') begin();
  else addEventListener('load', begin, { once: true });
}

async function register(workers: ServiceWorkerContainer): Promise<void> {
  try {
    registration = await workers.register(workerUrl('/sw.js'), { updateViaCache: 'none' });
  } catch (e) {
    console.warn('The page will not open without a network:', e);
    return;
  }
  registration.addEventListener('updatefound', watchInstalling);
  if (registration.waiting) void compare(registration.waiting);
  watchInstalling();
  const { active } = await workers.ready;
  const { saveData } = (navigator as { connection?: { saveData?: boolean } }).connection ?? {};
  if (active && !saveData) say(active, { to: 'keep-rest' });
}

function watchInstalling(): void {
  const installing = registration?.installing;
  installing?.addEventListener('statechange', () => {
    if (installing.state === 'installed' && registration?.waiting === installing) void compare(installing);
  });
}

/**
 * A build waits. When this page is of it already (it came from the network), the worker takes over at once and nobody
 * notices; otherwise a new page is offered.
 */
async function compare(waiting: ServiceWorker): Promise<void> {
  const script = document.querySelector<HTMLScriptElement>('script[type=module]')?.src ?? location.href;
  const { port1, port2 } = new MessageChannel();
  const answered = new Promise<boolean>((done) => {
    port1.addEventListener('message', (event) => done(event.data === true));
    port1.start();
    setTimeout(() => done(false), ANSWER_MS);
  });
  say(waiting, { to: 'has', path: new URL(script).pathname }, [port2]);
  if (await answered) {
    say(waiting, { to: 'take-over' });
    return;
  }
  outdated = true;
  for (const changed of listeners) changed();
}

function say(worker: ServiceWorker, message: ToWorker, ports: MessagePort[] = []): void {
  worker.postMessage(message, ports);
}

/** Fetches the new build's worker while the person makes up their mind. */
export function seekUpdate(): void {
  registration?.update().catch(() => undefined); // without a network there is none
}

/** By a click only: somebody may be typing. The worker that waits takes over first, so that the new page is its own. */
export async function reloadToNewest(): Promise<void> {
  const waiting = registration?.waiting;
  if (waiting) {
    const taken = new Promise<void>((done) => {
      navigator.serviceWorker.addEventListener('controllerchange', () => done(), { once: true });
      setTimeout(done, ANSWER_MS);
    });
    say(waiting, { to: 'take-over' });
    await taken;
  }
  location.reload();
}

function subscribe(changed: () => void): () => void {
  listeners.add(changed);
  return () => listeners.delete(changed);
}

export function useOutdated(): boolean {
  return useSyncExternalStore(subscribe, () => outdated, () => false);
}
