// A browser in memory, for the tests of what outlives a page: its tabs share a database, small texts, locks and a channel.
// A killed tab lets go of its locks, as a browser sees to it, and never speaks again.

import 'fake-indexeddb/auto';
import '../../src/sync/storage';
import { Session, type SessionParts } from '../../src/sync/session';
import type { Channel, Locks, TabParts } from '../../src/sync/tabs';
import type { Hub } from './fake-hub';
import { memory } from './session-rig';

interface Waiting {
  tab: object;
  run(): void;
}

class FakeLocks {
  private held = new Map<string, object>();
  private queues = new Map<string, Waiting[]>();
  private dead = new Set<object>();

  of(tab: object): Locks {
    return {
      request: (name, { ifAvailable, signal }, run) =>
        new Promise((resolve, reject) => {
          const take = () => {
            this.held.set(name, tab);
            void run({ name })
              .then(resolve, reject)
              .finally(() => this.free(name, tab));
          };
          if (!this.held.has(name)) return take();
          if (ifAvailable) return void run(null).then(resolve, reject);
          const waiting: Waiting = { tab, run: take };
          this.queues.set(name, [...(this.queues.get(name) ?? []), waiting]);
          signal?.addEventListener('abort', () => {
            this.queues.set(name, (this.queues.get(name) ?? []).filter((w) => w !== waiting));
            reject(new Error('aborted'));
          });
          return undefined;
        }),
    };
  }

  kill(tab: object): void {
    this.dead.add(tab);
    for (const [name, owner] of this.held) if (owner === tab) this.free(name, tab);
  }

  private free(name: string, tab: object): void {
    if (this.held.get(name) !== tab) return;
    this.held.delete(name);
    const next = (this.queues.get(name) ?? []).find((w) => !this.dead.has(w.tab));
    this.queues.set(name, (this.queues.get(name) ?? []).filter((w) => w !== next));
    // Granted in a task of its own, as a browser does.
    if (next) setTimeout(() => next.run(), 0);
  }
}

export interface Tab {
  session: Session;
  /** As when the browser is killed: nothing is said goodbye to. */
  kill(): void;
}

let browsers = 0;
let names = 0;

export class FakeBrowser {
  keep = memory();
  readonly database = `hubbub-${++browsers}`;
  private locks = new FakeLocks();
  private channels = new Set<{ heard: (data: unknown) => void }>();

  constructor(private readonly hub: Hub) {}

  /** `locks: false`: as on an origin that is not secure. */
  open(more: Partial<SessionParts> = {}, { locks = true } = {}): Tab {
    const me = {};
    const parts = locks ? this.parts(me) : { ...this.parts(me), locks: null };
    const session = new Session({
      url: 'ws://test/ws',
      keep: this.keep,
      schedule: (run) => void setTimeout(run, 16),
      idle: (run) => void setTimeout(run, 1),
      randomHex: (bytes) => (++names).toString(16).padStart(bytes * 2, '0'),
      active: true,
      wire: this.hub.open,
      database: this.database,
      tabs: parts,
      ...more,
    });
    session.start();
    const kill = () => {
      parts.channel?.close();
      this.locks.kill(me);
      session.stop();
    };
    return { session, kill };
  }

  /** Tells all tabs something, as one of any build of the page might. */
  tell(message: unknown): void {
    for (const channel of this.channels) channel.heard(structuredClone(message));
  }

  private parts(me: object): TabParts {
    const heard = { heard: (data: unknown) => channel.onmessage?.({ data }) };
    const channel: Channel = {
      onmessage: null,
      postMessage: (message) => {
        const copy = structuredClone(message);
        for (const other of this.channels) if (other !== heard) setTimeout(() => this.channels.has(other) && other.heard(copy), 1);
      },
      close: () => void this.channels.delete(heard),
    };
    this.channels.add(heard);
    return { locks: this.locks.of(me), channel };
  }
}
