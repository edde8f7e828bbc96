// Everything that is said here on its way to the server: the outbox, its shelf, what the other tabs are sending, and the
// times of one's own messages. What waits belongs to one person; whoever comes after them neither sees nor sends it.

import { isText, keptReplyOf } from '../proto/decode';
import type { Change } from '../proto/v1';
import { errorOf, type Core } from './core';
import { Deliveries } from './delivery';
import { Outbox, type Done, type Pending, type Result } from './outbox';
import { Memory } from './stored';
import { Tabs, type TabParts } from './tabs';
import { isPending, isWaitsThere, type WaitsThere } from './told';
import type { Attachment, Bytes, Uploader } from './uploading';

/** A file to be sent with a message, with its bytes. */
export type NewAttachment = Attachment & Bytes;

const alone: TabParts = { locks: null, channel: null };
const nothing: readonly Pending[] = [];

export class Sending {
  readonly outbox: Outbox;
  readonly tabs: Tabs;
  readonly deliveries = new Deliveries();
  readonly uploader: Uploader | null;
  readonly memory: Memory;
  /** The bytes of files of this page, also where nothing can be kept. */
  private bytes = new Map<string, Bytes>();
  /** Whose it is; empty before it is known. */
  private person = '';
  /** What other tabs are sending. */
  private others = new Map<string, readonly Pending[]>();
  private all: readonly Pending[] = nothing;
  private byRoom: ReadonlyMap<string, readonly Pending[]> = new Map();
  private told: readonly Pending[] = nothing;
  private stale = false;

  constructor(private readonly core: Core) {
    const { parts } = core;
    this.tabs = new Tabs(parts.randomHex(8), parts.tabs ?? alone, {
      leading: () => void this.settle(),
      gone: (tab) => this.adopt(tab),
    });
    this.memory = new Memory(parts.database, {
      tab: this.tabs.name,
      changed: () => core.changed(),
      idle: parts.idle ?? ((run) => run()),
      shown: () => (core.you.id === '' ? null : core),
    });
    this.outbox = new Outbox({
      send: (item, done) => this.send(item, done),
      upload: (item) => this.uploader?.upload(item),
      lastOf: (room) => core.rooms.get(room)?.log.last ?? 0,
      changed: () => this.changed(),
    });
    this.uploader =
      parts.uploader?.({
        bytesOf: async (key) => this.bytes.get(key) ?? this.memory.with(({ shelf }) => shelf.bytesOf(key)),
        done: (cid, key, id) => this.outbox.uploaded(cid, key, id),
        failed: (cid, error) => this.outbox.stuck(cid, error),
        changed: () => core.changed(),
      }) ?? null;
    this.tabs.on('outbox', isWaitsThere, (waits, from) => this.heard(waits, from));
    this.tabs.on('gone', isText, (tab) => this.forgetTab(tab));
    this.tabs.on('retry', isText, (cid) => this.retry(cid, true));
    this.tabs.on('drop', isText, (cid) => this.drop(cid, true));
  }

  /** All that waits in this browser for this person, in order. */
  get items(): readonly Pending[] {
    if (!this.stale) return this.all;
    this.stale = false;
    const own = this.outbox.items;
    const cids = new Set(own.map((p) => p.cid));
    // What was taken over may be told once more by the tab that had it.
    const others = [...this.others.values()].flat().filter((p) => !cids.has(p.cid));
    this.all = others.length === 0 ? own : [...own, ...others].toSorted((a, b) => a.order - b.order);
    const byRoom = new Map<string, Pending[]>();
    for (const item of this.all) {
      const room = byRoom.get(item.room);
      if (room) room.push(item);
      else byRoom.set(item.room, [item]);
    }
    this.byRoom = byRoom;
    return this.all;
  }

  /** What of it is for this room. */
  of(room: string): readonly Pending[] {
    return this.items.length === 0 ? nothing : (this.byRoom.get(room) ?? nothing);
  }

  get unsaved(): boolean {
    const safe = (cid: string) => this.memory.now?.shelf.safe(cid) === true;
    return this.outbox.items.some((p) => !safe(p.cid) && p.acked === undefined);
  }

  stop(): void {
    this.outbox.shut();
    this.tabs.stop();
  }

  /** Whose this is. What somebody else had waiting here stays on the shelf for them. */
  async belongTo(person: string): Promise<void> {
    if (person === this.person) return;
    if (this.person !== '') {
      // First let go, so that it is not taken off the shelf.
      this.memory.now?.shelf.letGo();
      this.empty();
      this.others.clear();
    }
    this.person = person;
    this.changed();
    await this.settle();
  }

  /** Nothing of this person is to be left in this browser. */
  async forget(): Promise<void> {
    this.empty();
    await this.memory.with(({ shelf }) => shelf.forget(this.person));
  }

  add(room: string, change: Change, done?: Done, files: readonly NewAttachment[] = []): string {
    const cid = this.core.parts.randomHex(16);
    const ts = Date.now();
    this.deliveries.typed(cid, ts);
    for (const { key, blob, thumbnail } of files) this.keepBytes(key, thumbnail ? { blob, thumbnail } : { blob });
    const attachments = files.map(withoutBytes);
    this.outbox.add({ cid, room, change, ts, ...(files.length > 0 ? { attachments } : {}) }, done);
    // The way may be free already.
    const made = this.outbox.items.find((p) => p.cid === cid);
    if (made?.state === 'uploading') this.uploader?.upload(made);
    return cid;
  }

  retry(cid: string, told = false): void {
    const own = this.outbox.items.some((p) => p.cid === cid);
    if (own) this.outbox.retry(cid, this.core.parts.randomHex(16), Date.now());
    else if (!told) this.tabs.tell('retry', cid);
  }

  drop(cid: string, told = false): void {
    const own = this.outbox.items.some((p) => p.cid === cid);
    if (own) {
      this.uploader?.cancel(cid);
      this.outbox.remove(cid);
    } else if (!told) this.tabs.tell('drop', cid);
  }

  /** The event of one's own change came. */
  back(cid: string): void {
    this.deliveries.mark(cid, 'back', Date.now());
    this.outbox.remove(cid);
    for (const [tab, items] of this.others) {
      if (items.some((p) => p.cid === cid)) this.setOthers(tab, items.filter((p) => p.cid !== cid));
    }
  }

  /** Once for each frame: the other tabs hear what waits here. */
  tellTabs(): void {
    const { items } = this.outbox;
    if (items === this.told || this.person === '') return;
    this.told = items;
    this.tabs.tell('outbox', { person: this.person, items: items.filter((p) => this.outbox.lasts(p)) });
  }

  /** Shows what is on the shelf; the tab that leads takes over what nobody sends any more. */
  private async settle(): Promise<void> {
    const { person } = this;
    if (person === '') return;
    const all = (await this.memory.with(({ shelf }) => shelf.all(person))) ?? [];
    if (person !== this.person) return;
    // What was said before there was a shelf.
    this.changed();
    const rows = all.filter((row) => row.tab !== this.tabs.name);
    const tabs = new Set(rows.map((row) => row.tab));
    for (const tab of tabs) {
      const items = rows.filter((row) => row.tab === tab).map((row) => elsewhere(row.item));
      if (!this.others.has(tab)) this.setOthers(tab, items);
    }
    if (this.tabs.leads) await Promise.all([...tabs, ...this.others.keys()].map((tab) => this.tabs.watch(tab)));
  }

  private async adopt(tab: string): Promise<void> {
    if (!this.tabs.leads || this.person === '') return;
    const items = (await this.memory.with(({ shelf }) => shelf.adopt(this.person, tab))) ?? [];
    this.forgetTab(tab);
    this.tabs.tell('gone', tab);
    // It may have come back in the meantime, and the tab not have lived to see it.
    const wanted = items.filter((p) => !this.core.rooms.get(p.room)?.log.holds(p.cid));
    this.outbox.adopt(wanted);
    this.changed();
  }

  private heard({ person, items }: WaitsThere, from: string): void {
    if (person !== this.person) return;
    this.setOthers(from, items.filter(isPending).map(elsewhere));
    if (this.tabs.leads) void this.tabs.watch(from);
  }

  private forgetTab(tab: string): void {
    this.setOthers(tab, nothing);
  }

  private setOthers(tab: string, items: readonly Pending[]): void {
    // The server may have been quicker than the other tab: what is in the room already waits for nothing.
    const waiting = items.filter((p) => !this.core.rooms.get(p.room)?.log.holds(p.cid));
    if (waiting.length === 0) this.others.delete(tab);
    else this.others.set(tab, waiting);
    this.stale = true;
    this.core.changed();
  }

  /** What waits here is not for whoever comes now, neither are its files. */
  private empty(): void {
    for (const { cid } of this.outbox.items) this.uploader?.cancel(cid);
    this.outbox.clear();
  }

  private changed(): void {
    this.stale = true;
    const { items } = this.outbox;
    this.memory.now?.shelf.hold(this.person, items.filter((p) => this.outbox.lasts(p)));
    if (this.bytes.size > 0) this.dropBytes(items);
    this.core.changed();
  }

  private keepBytes(key: string, bytes: Bytes): void {
    this.bytes.set(key, bytes);
    void this.memory.with(({ shelf }) => shelf.putBytes(key, bytes));
  }

  /** What no message waits for any more. */
  private dropBytes(items: readonly Pending[]): void {
    const wanted = new Set(items.flatMap((p) => p.attachments ?? []).map((a) => a.key));
    for (const key of this.bytes.keys()) if (!wanted.has(key)) this.bytes.delete(key);
  }

  private send(item: Pending, done: (result: Result) => void): boolean {
    const { cid, room, change } = item;
    const sent = this.core.request({ ...change, ...(room ? { room } : {}), cid }, (reply) => {
      const ok = 'body' in reply ? keptReplyOf(reply.body) : null;
      if (ok) this.deliveries.mark(cid, 'kept', Date.now());
      done(ok ? { ok } : { error: errorOf(reply) });
    });
    if (sent) this.deliveries.mark(cid, 'sent', Date.now());
    return sent;
  }
}

function withoutBytes(file: NewAttachment): Attachment {
  const bare: Attachment & Partial<Bytes> = { ...file };
  delete bare.blob;
  delete bare.thumbnail;
  return bare;
}

const elsewhere = (item: Pending): Pending => ({ ...item, elsewhere: true });
