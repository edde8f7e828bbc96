// What outlives the page, as it lies in the browser's database. The database itself is a chunk of its own (database.ts),
// since the first page is there without it.

import type { ErrorBody, Limits, RoomInfo } from '../proto/v1';
import type { ServerInfo, You } from './core';
import type { Database } from './database';
import type { Pending } from './outbox';
import type { Dump } from './roomlog';

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

export interface Remembered {
  self: CachedSelf;
  rooms: Map<string, CachedRoom>;
}

/** Null where the browser refuses one: a private window, no room left, no such thing. */
export async function openStored(name: string | undefined): Promise<Database | null> {
  if (name === undefined) return null;
  try {
    const { openDatabase } = await import('./database');
    return await openDatabase(name);
  } catch {
    return null;
  }
}

/** Does something with the database; where there is none, or it fails, there is `otherwise`, and never an error. */
export async function attempt<T>(
  database: Promise<Database | null>,
  run: (db: Database) => Promise<T>,
  otherwise: T,
): Promise<T> {
  const db = await database;
  if (!db) return otherwise;
  try {
    return await run(db);
  } catch {
    return otherwise;
  }
}
