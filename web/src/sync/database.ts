// The database of this browser: the outbox's shelf with the bytes of files, and the cache of what was shown last. Each
// method is one transaction, and fails as a whole; whoever calls goes on without it then.

import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import { ROOMS, type CachedRoom, type CachedSelf, type Remembered, type Shelved } from './stored';
import type { Bytes } from './uploading';

interface Schema extends DBSchema {
  outbox: { key: string; value: Shelved };
  blobs: { key: string; value: Bytes };
  rooms: { key: string; value: CachedRoom };
  self: { key: string; value: CachedSelf };
}

export async function openDatabase(name: string): Promise<Database> {
  const db = await openDB<Schema>(name, 1, {
    upgrade(made) {
      made.createObjectStore('outbox', { keyPath: 'cid' });
      made.createObjectStore('blobs');
      made.createObjectStore('rooms', { keyPath: 'id' });
      made.createObjectStore('self');
    },
    // A newer page waits to make it anew.
    blocking: (_, __, event) => (event.target as IDBDatabase | null)?.close(),
  });
  return new Database(db);
}

/** Waits for the database; where it fails, there is `otherwise`, and never an error. */
export async function attempt<T>(done: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await done;
  } catch {
    return otherwise;
  }
}

export class Database {
  constructor(private readonly db: IDBPDatabase<Schema>) {}

  // --- the shelf ----------------------------------------------------------------------------------------------------------

  async shelved(person: string): Promise<Shelved[]> {
    return (await this.db.getAll('outbox')).filter((s) => s.person === person);
  }

  /** Puts what is there, and takes off what is null. */
  async shelve(rows: ReadonlyMap<string, Shelved | null>): Promise<boolean> {
    const tx = this.db.transaction('outbox', 'readwrite');
    await Promise.all([...rows].map(([cid, row]) => (row ? tx.store.put(row) : tx.store.delete(cid))));
    await tx.done;
    return true;
  }

  /** Gives what one tab had to another, in one step: whoever comes second gets nothing. */
  async adopt(person: string, from: string, to: string): Promise<Shelved[]> {
    const tx = this.db.transaction('outbox', 'readwrite');
    const rows = (await tx.store.getAll()).filter((s) => s.person === person && s.tab === from);
    await Promise.all(rows.map((s) => tx.store.put({ ...s, tab: to })));
    await tx.done;
    return rows;
  }

  /** Everything that waits for a person. */
  async unshelve(person: string): Promise<void> {
    const tx = this.db.transaction(['outbox', 'blobs'], 'readwrite');
    const rows = (await tx.objectStore('outbox').getAll()).filter((s) => s.person === person);
    const keys = rows.flatMap(({ attachments = [] }) => attachments.map((a) => a.key));
    await Promise.all([
      ...rows.map(({ cid }) => tx.objectStore('outbox').delete(cid)),
      ...keys.map((key) => tx.objectStore('blobs').delete(key)),
    ]);
    await tx.done;
  }

  async putBytes(key: string, bytes: Bytes): Promise<void> {
    await this.db.put('blobs', bytes, key);
  }

  async bytesOf(key: string): Promise<Bytes | null> {
    return (await this.db.get('blobs', key)) ?? null;
  }

  async dropBytes(key: string): Promise<void> {
    await this.db.delete('blobs', key);
  }

  // --- the cache ----------------------------------------------------------------------------------------------------------

  async remembered(): Promise<Remembered | null> {
    const [self, rooms] = await Promise.all([this.db.get('self', 'self'), this.db.getAll('rooms')]);
    if (!self) return null;
    return { self, rooms: new Map(rooms.filter((r) => r.person === self.you.id).map((r) => [r.id, r])) };
  }

  /** What is known of some rooms, and of oneself if that is given. */
  async remember(self: CachedSelf | null, rooms: readonly CachedRoom[]): Promise<void> {
    const tx = this.db.transaction(['rooms', 'self'], 'readwrite');
    const store = tx.objectStore('rooms');
    if (self) void tx.objectStore('self').put(self, 'self');
    const put = async (room: CachedRoom) => {
      // Another tab may know more: a page that was cut off long ago must not put back what has been deleted since.
      const there = await store.get(room.id);
      if (there?.person !== room.person || there.dump.last <= room.dump.last) await store.put(room);
    };
    await Promise.all(rooms.map(put));
    if ((await store.count()) > ROOMS) {
      const oldest = (await store.getAll()).toSorted((a, b) => b.at - a.at).slice(ROOMS);
      await Promise.all(oldest.map(({ id }) => store.delete(id)));
    }
    await tx.done;
  }

  async dropRoom(id: string): Promise<void> {
    await this.db.delete('rooms', id);
  }

  async forget(): Promise<void> {
    const tx = this.db.transaction(['rooms', 'self'], 'readwrite');
    await Promise.all([tx.objectStore('rooms').clear(), tx.objectStore('self').clear()]);
    await tx.done;
  }
}
