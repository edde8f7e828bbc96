// The database of this browser: the outbox's shelf with the bytes of files, and the cache of what was shown last. Where
// the browser refuses one (a private window, no room), there is none, and everything lives in the page's memory alone.

import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { ErrorBody, Limits, RoomInfo } from '../proto/v1';
import type { ServerInfo, You } from './core';
import type { Pending } from './outbox';
import type { Dump } from './roomlog';
import type { Bytes } from './uploading';

/** Something to be sent, as it outlives the page. */
export type Shelved = Pick<Pending, 'cid' | 'room' | 'change' | 'ts' | 'order' | 'attachments'> & {
  /** Whose it is: nobody else ever sends it. */
  person: string;
  /** The tab that sends it while it lives. */
  tab: string;
  failed?: ErrorBody;
};

export interface CachedRoom {
  id: string;
  info: RoomInfo;
  dump: Dump;
  /** When this was true. */
  at: number;
}

export interface CachedSelf {
  you: You;
  limits: Limits;
  server: ServerInfo;
  rooms: RoomInfo[];
}

interface Schema extends DBSchema {
  outbox: { key: string; value: Shelved };
  blobs: { key: string; value: Bytes };
  rooms: { key: string; value: CachedRoom };
  self: { key: string; value: CachedSelf };
}

export type Database = IDBPDatabase<Schema>;

export async function openDatabase(name: string | undefined): Promise<Database | null> {
  if (name === undefined) return null;
  try {
    return await openDB<Schema>(name, 1, {
      upgrade(db) {
        db.createObjectStore('outbox', { keyPath: 'cid' });
        db.createObjectStore('blobs');
        db.createObjectStore('rooms', { keyPath: 'id' });
        db.createObjectStore('self');
      },
      // A newer page waits to make it anew.
      blocking: (_, __, event) => (event.target as IDBDatabase | null)?.close(),
    });
  } catch {
    return null;
  }
}
