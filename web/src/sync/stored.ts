// What outlives the page, as it lies in the browser's database. Who keeps it there is a chunk of its own (storage.ts), since
// the first page is there without it.

import type { ErrorBody, Limits, RoomInfo } from '../proto/v1';
import type { ServerInfo, You } from './core';
import type { Cache } from './cache';
import type { Pending } from './outbox';
import type { Room } from './room';
import type { Dump } from './roomlog';
import type { Shelf } from './shelf';

/** As many rooms are remembered. */
export const ROOMS = 20;

/** Something to be sent. */
export type Shelved = Pick<Pending, 'cid' | 'room' | 'change' | 'ts' | 'order' | 'attachments'> & {
  /** Whose it is: nobody else ever sends it. */
  person: string;
  /** The tab that sends it while it lives. */
  tab: string;
  failed?: ErrorBody;
};

/** What was shown of a room. */
export interface CachedRoom {
  id: string;
  /** Whose view of it this is. */
  person: string;
  info: RoomInfo;
  dump: Dump;
  /** When this was true. */
  at: number;
}

/** Who was here, and in which rooms. */
export interface CachedSelf {
  you: You;
  limits: Limits;
  server: ServerInfo;
  rooms: RoomInfo[];
}

/** What the page shows. */
export interface Shown {
  you: You;
  limits: Limits;
  server: ServerInfo;
  rooms: ReadonlyMap<string, Room>;
}

export interface Remembered {
  self: CachedSelf;
  rooms: Map<string, CachedRoom>;
}

/** What of it other parts use; null where the browser refuses it: a private window, no room left, no such thing. */
export interface Stored {
  shelf: Shelf;
  cache: Cache;
}

export interface StoredUser {
  /** This tab's name. */
  tab: string;
  /** More is safe than before, or less. */
  changed(): void;
  /** Calls back when there is time. */
  idle(run: () => void): void;
  /** What is to be remembered; null when nothing of it is sure. */
  shown(): Shown | null;
}

/** The way to it, which is not there at once and perhaps never. */
export class Memory {
  now: Stored | null = null;
  readonly opened: Promise<Stored | null>;

  constructor(name: string | undefined, user: StoredUser) {
    this.opened = this.open(name, user);
  }

  /** Done as soon as it is there, or not at all. */
  async with<T>(run: (stored: Stored) => Promise<T>): Promise<T | null> {
    const stored = await this.opened;
    return stored ? run(stored) : null;
  }

  private async open(name: string | undefined, user: StoredUser): Promise<Stored | null> {
    if (name === undefined) return null;
    try {
      const { openStored } = await import('./storage');
      return (this.now = await openStored(name, user));
    } catch {
      return null;
    }
  }
}
