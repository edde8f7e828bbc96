// Opens the browser's database, and puts what is kept in it into the hands of the shelf and the cache.

import { Cache } from './cache';
import { openDatabase } from './database';
import { Shelf } from './shelf';
import type { Stored, StoredUser } from './stored';

export async function openStored(name: string, user: StoredUser): Promise<Stored> {
  const db = await openDatabase(name);
  return { shelf: new Shelf(db, user), cache: new Cache(db, user) };
}
