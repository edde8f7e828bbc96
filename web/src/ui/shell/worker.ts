// The page's side of the service worker (src/sw.ts): starting it, and changing to a new build when the person wants to.
// Browsers have service workers on https and on this machine only; elsewhere nothing here does anything.

import type { ToPage, ToWorker } from '../../proto/worker';
import { markOutdated } from './outdated';
import { workerUrl } from './trusted';

/** A worker that does not answer is not worth waiting for. */
const ANSWER_MS = 2000;

let registration: ServiceWorkerRegistration | null = null;

/** `go` leads to an address of the app. */
export function startWorker(go: (url: string) => void): void {
  const workers = navigator.serviceWorker as ServiceWorkerContainer | undefined;
  if (!workers) return;
  workers.addEventListener('message', (event) => {
    const message = event.data as ToPage;
    if (message.to === 'go') go(message.url);
  });
  void register(workers);
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
  markOutdated();
}

function say(worker: ServiceWorker, message: ToWorker, ports: MessagePort[] = []): void {
  worker.postMessage(message, ports);
}

/** Looks for a new build. */
export async function update(): Promise<void> {
  await registration?.update().catch(() => undefined); // without a network there is none
}

/** The worker that waits takes over, so that the page that is loaded next is its own. */
export async function takeNewest(): Promise<void> {
  const waiting = registration?.waiting;
  if (!waiting) return;
  const taken = new Promise<void>((done) => {
    navigator.serviceWorker.addEventListener('controllerchange', () => done(), { once: true });
    setTimeout(done, ANSWER_MS);
  });
  say(waiting, { to: 'take-over' });
  await taken;
}
