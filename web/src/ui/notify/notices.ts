// The notifications that are on the screen. One per room, so that they replace each other; gone when what they are about
// has been read anywhere. With a service worker they outlive the page, and a click finds its way even then.

import { go } from '../shell/route';
import { permission } from './permission';

export interface Notice {
  /** What it is about: one with the same tag takes its place. */
  tag: string;
  /** The seq of the message; 0: it is about no single one. */
  seq: number;
  title: string;
  body: string;
  /** Where a click leads. */
  url: string;
  ts: number;
}

export class Notices {
  /** The tags on the screen, each with the seq that it is about. */
  private shown = new Map<string, number>();
  /** Those without a worker, which only this page can close. */
  private own = new Map<string, Notification>();
  /** One after the other: asked for its notifications while it puts one on the screen, Chromium forgets that one. */
  private queue: Promise<unknown> = Promise.resolve();

  /** A reload must not leave standing what the page before has shown. */
  begin(): Promise<void> {
    return this.inTurn(async () => {
      const worker = await activeWorker();
      for (const { tag } of (await worker?.getNotifications()) ?? []) if (!this.shown.has(tag)) this.shown.set(tag, 0);
    });
  }

  async show({ tag, seq, title, body, url, ts }: Notice): Promise<void> {
    if (permission() !== 'granted') return;
    this.shown.set(tag, seq);
    // TypeScript's list of options lacks some that browsers know. The sound is ours to make, or not.
    const options = { tag, body, icon: '/icons/192.png', timestamp: ts, renotify: true, silent: true, data: { url } };
    await this.inTurn(async () => {
      const worker = await activeWorker();
      if (worker) await worker.showNotification(title, options);
      else this.showOwn(title, options);
    });
  }

  /** Takes those off the screen that are over. */
  settle(over: (tag: string, seq: number) => boolean): void {
    for (const [tag, seq] of this.shown) {
      if (!over(tag, seq)) continue;
      this.shown.delete(tag);
      void this.inTurn(() => this.close(tag));
    }
  }

  private inTurn(act: () => Promise<void>): Promise<void> {
    const done = this.queue.then(act);
    this.queue = done.catch(() => {});
    return done;
  }

  private showOwn(title: string, options: NotificationOptions & { tag: string; data: { url: string } }): void {
    const notification = new Notification(title, options);
    this.own.set(options.tag, notification);
    notification.addEventListener('click', () => {
      window.focus();
      notification.close();
      go(options.data.url);
    });
  }

  private async close(tag: string): Promise<void> {
    this.own.get(tag)?.close();
    this.own.delete(tag);
    const worker = await activeWorker();
    for (const notification of (await worker?.getNotifications({ tag })) ?? []) notification.close();
  }
}

async function activeWorker(): Promise<ServiceWorkerRegistration | null> {
  const registration = await (navigator.serviceWorker as ServiceWorkerContainer | undefined)?.getRegistration();
  return registration?.active ? registration : null;
}
