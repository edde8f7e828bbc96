// Keeps the outbox in the browser's database, so that what was said in a tunnel goes out although the tab was closed or
// the browser killed. What is to be kept is stated anew after each change; the shelf writes what differs, all that came up
// in one turn together. It never throws: what cannot be kept is not `safe`, and the page warns before it is left.

import { attempt, type Database } from './database';
import type { Pending } from './outbox';
import type { Shelved, StoredUser } from './stored';
import type { Bytes } from './uploading';

/** What is kept of an item; two with the same are written once. */
const kept = (a: Pending, b: Pending): boolean =>
  a.change === b.change &&
  a.order === b.order &&
  a.attachments === b.attachments &&
  (a.state === 'failed' ? a.error : null) === (b.state === 'failed' ? b.error : null);

function unshelved(s: Shelved): Pending {
  const { cid, room, change, ts, order, attachments, failed } = s;
  const files = attachments ? { attachments } : {};
  if (failed) return { cid, room, change, ts, order, state: 'failed', error: failed, ...files };
  return { cid, room, change, ts, order, state: 'queued', ...files };
}

const inOrder = (rows: Shelved[]): Shelved[] => rows.toSorted((a, b) => a.order - b.order);

export class Shelf {
  /** What is on the shelf or on its way there. */
  private held = new Map<string, Pending>();
  private written = new Set<string>();
  private due = new Map<string, Shelved | null>();
  private waiting = false;

  constructor(
    private readonly db: Database,
    private readonly user: Pick<StoredUser, 'tab' | 'changed'>,
  ) {}

  /** These, and no others of this tab, are to be kept for this person. */
  hold(person: string, items: readonly Pending[]): void {
    if (person === '') return;
    const wanted = new Map(items.map((p) => [p.cid, p]));
    for (const [cid, item] of this.held) {
      if (wanted.has(cid)) continue;
      this.held.delete(cid);
      this.write(cid, null);
      for (const { key } of item.attachments ?? []) void attempt(this.db.dropBytes(key), undefined);
    }
    for (const [cid, item] of wanted) {
      const known = this.held.get(cid);
      if (known && kept(known, item)) continue;
      this.held.set(cid, item);
      this.write(cid, this.shelved(person, item));
    }
  }

  /** Whether it would survive the page's end. */
  safe(cid: string): boolean {
    return this.written.has(cid);
  }

  /** All that waits for this person in this browser, in order, each with the tab that sends it. */
  async all(person: string): Promise<{ tab: string; item: Pending }[]> {
    const rows = inOrder(await attempt(this.db.shelved(person), []));
    return rows.map((row) => ({ tab: row.tab, item: unshelved(row) }));
  }

  /** Takes over what a tab that is no more has left. */
  async adopt(person: string, tab: string): Promise<Pending[]> {
    const items = inOrder(await attempt(this.db.adopt(person, tab, this.user.tab), [])).map(unshelved);
    for (const item of items) {
      this.held.set(item.cid, item);
      this.written.add(item.cid);
    }
    return items;
  }

  /** Everything of a person, in this browser. */
  async forget(person: string): Promise<void> {
    this.letGo();
    await attempt(this.db.unshelve(person), undefined);
  }

  /** What is held is another person's from now on: it stays where it is, for them. */
  letGo(): void {
    this.held.clear();
    this.written.clear();
  }

  putBytes(key: string, bytes: Bytes): Promise<void> {
    return attempt(this.db.putBytes(key, bytes), undefined);
  }

  bytesOf(key: string): Promise<Bytes | null> {
    return attempt(this.db.bytesOf(key), null);
  }

  private shelved(person: string, item: Pending): Shelved {
    const { cid, room, change, ts, order, attachments } = item;
    const { tab } = this.user;
    return {
      cid,
      room,
      change,
      ts,
      order,
      person,
      tab,
      ...(attachments ? { attachments } : {}),
      ...(item.state === 'failed' && item.error ? { failed: item.error } : {}),
    };
  }

  private write(cid: string, row: Shelved | null): void {
    this.due.set(cid, row);
    if (this.waiting) return;
    this.waiting = true;
    queueMicrotask(() => void this.flush());
  }

  private async flush(): Promise<void> {
    const due = this.due;
    this.due = new Map();
    this.waiting = false;
    const done = await attempt(this.db.shelve(due), false);
    for (const [cid, row] of due) {
      if (row && done && this.held.has(cid)) this.written.add(cid);
      else this.written.delete(cid);
    }
    this.user.changed();
  }
}
