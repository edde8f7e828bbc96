// The tabs of one browser, which are one person: each holds a lock named after itself as long as it lives, one of them
// leads, and they tell each other what the server need not know. Where the browser has no locks, each tab is alone: it could
// not tell a tab that is gone from one that lives, and both would send what one of them has.

import { isTold, type Told } from './told';

/** What of Web Locks is used. */
export interface Locks {
  /** Runs with the lock, which is held until the promise ends; with `ifAvailable` at once, without it if need be. */
  request(
    name: string,
    options: { ifAvailable?: boolean; signal?: AbortSignal },
    run: (lock: unknown) => Promise<unknown>,
  ): Promise<unknown>;
}

/** What of BroadcastChannel is used. */
export interface Channel {
  postMessage(message: unknown): void;
  onmessage: ((e: { data: unknown }) => void) | null;
  close(): void;
}

export interface TabParts {
  locks: Locks | null;
  channel: Channel | null;
}

const isFree = (lock: unknown): Promise<boolean> => Promise.resolve(lock !== null);

const LEAD = 'hubbub.lead';
const lockOf = (tab: string): string => `hubbub.tab.${tab}`;

export class Tabs {
  /** Whether this tab does what is to be done once for all of them. */
  leads = false;
  private listeners = new Map<string, (data: unknown, from: string) => void>();
  private watched = new Set<string>();
  private ending = new AbortController();
  private end: () => void = () => {};
  private readonly ended = new Promise<void>((resolve) => (this.end = resolve));
  private readonly locks: Locks | null;
  private readonly channel: Channel | null;

  constructor(
    readonly name: string,
    { locks, channel }: TabParts,
    private readonly user: { leading(): void; gone(tab: string): Promise<void> },
  ) {
    this.locks = locks;
    this.channel = locks && channel;
  }

  /** Done when it is known whether somebody leads already. */
  async start(): Promise<void> {
    const { locks, channel } = this;
    if (channel) channel.onmessage = (e) => this.hear(e.data);
    if (!locks) return this.lead();
    void this.hold(lockOf(this.name), () => {});
    const free = await new Promise<boolean>((resolve) => {
      const run = (lock: unknown) => {
        resolve(lock !== null);
        return lock === null ? Promise.resolve() : this.ended;
      };
      locks.request(LEAD, { ifAvailable: true }, run).catch(() => resolve(true));
    });
    if (free) this.lead();
    else void this.hold(LEAD, () => this.lead());
  }

  stop(): void {
    this.ending.abort();
    this.end();
    if (this.channel) this.channel.onmessage = null;
    this.channel?.close();
  }

  /** Tells the other tabs. */
  tell(topic: string, data: unknown): void {
    const told: Told = { from: this.name, topic, data };
    this.channel?.postMessage(told);
  }

  /** What other tabs tell about this; `is`: what this one understands of it. */
  on<T>(topic: string, is: (data: unknown) => data is T, listener: (data: T, from: string) => void): void {
    this.listeners.set(topic, (data, from) => is(data) && listener(data, from));
  }

  /** The user hears of it when this tab is no more. Done at once while it lives, and else when the user is. */
  async watch(tab: string): Promise<void> {
    if (tab === this.name || this.watched.has(tab)) return undefined;
    this.watched.add(tab);
    const { locks } = this;
    const gone = async () => {
      this.watched.delete(tab);
      await this.user.gone(tab);
    };
    if (!locks || (await locks.request(lockOf(tab), { ifAvailable: true }, isFree))) return gone();
    const { signal } = this.ending;
    locks.request(lockOf(tab), { signal }, () => Promise.resolve()).then(gone, () => this.watched.delete(tab));
    return undefined;
  }

  private lead(): void {
    this.leads = true;
    this.user.leading();
  }

  private async hold(name: string, run: () => void): Promise<void> {
    const got = () => {
      run();
      return this.ended;
    };
    await this.locks?.request(name, { signal: this.ending.signal }, got).catch(() => {});
  }

  private hear(told: unknown): void {
    if (isTold(told)) this.listeners.get(told.topic)?.(told.data, told.from);
  }
}
