// One person in one window: puts the parts together and is all that the page knows of them. The page draws from
// `current()`, and does what is below; it never touches a socket, and nothing here touches a page: what is the browser's
// is handed in.

import type { Change, KeptReply } from '../proto/v1';
import { cleanLine, cleanMessage } from '../text/clean';
import type { Said as Signed } from './account';
import { Asks, type Failed } from './asks';
import { newCore, type SessionParts } from './core';
import type { Delivery } from './delivery';
import type { Drafts } from './drafts';
import type { Done } from './outbox';
import type { Named } from './self';
import type { NewAttachment } from './sending';
import { Notifier, Ordered, type Snapshot } from './snapshot';
import type { Tabs } from './tabs';
import { Works, type Said } from './works';

export type { Failed } from './asks';
export type { Keep, SessionParts, You } from './core';
export type { Snapshot } from './snapshot';
export type { Said } from './works';
export type Posted = 'ok' | 'empty' | 'too_long';

export class Session extends Asks {
  private readonly works: Works;
  private readonly notifier: Notifier;
  private readonly ordered = new Ordered();
  private version = 0;
  private snapshot: Snapshot;

  constructor(parts: SessionParts) {
    super(newCore(parts));
    this.notifier = new Notifier(parts.schedule, () => this.drawn());
    this.core.changed = () => this.notifier.changed();
    this.works = new Works(this.core);
    this.snapshot = this.draw();
  }

  get drafts(): Drafts {
    return this.works.drafts;
  }

  get tabs(): Tabs {
    return this.works.sending.tabs;
  }

  // --- the page comes and goes ------------------------------------------------------------------------------------------

  start(): void {
    this.works.start();
  }

  stop(): void {
    this.works.stop();
  }

  /** Something suggests that now is a good time for a connection. */
  kick(): void {
    this.works.link.socket.kick();
  }

  /** Whether the page is shown. */
  shown(visible: boolean): void {
    this.works.link.shown(visible);
    if (!visible) void this.works.sending.memory.now?.cache.write();
  }

  /** Whether somebody looks at it. */
  setActive(active: boolean): void {
    this.core.active = active;
    this.works.me.tellActive();
    this.works.marks.seen();
  }

  /** Ends this session at the server; then nothing of this person is left in this browser, what was not sent neither. */
  async signOut(): Promise<Signed> {
    // Like the way in, this is needed seldom.
    const { signOut } = await import('./account');
    const said = await signOut(this.core.parts.keep);
    if (!('error' in said)) await this.forget();
    return said;
  }

  forget(): Promise<void> {
    return this.works.forget();
  }

  subscribe = (listener: () => void): (() => void) => this.notifier.subscribe(listener);

  current = (): Snapshot => this.snapshot;

  /** Hears what others say, as it comes. */
  onSaid(listener: (said: Said) => void): () => void {
    this.works.hearers.add(listener);
    return () => void this.works.hearers.delete(listener);
  }

  // --- reading ------------------------------------------------------------------------------------------------------------

  /** Shows another room. One that the person is not in is remembered, and open as soon as they are. */
  open(id: string): void {
    const { core } = this;
    if (id === core.openId) return;
    const before = core.rooms.get(core.openId);
    before?.log.setOpen(false);
    if (before) this.works.marks.left(before);
    core.openId = id;
    this.works.me.typed();
    const room = core.rooms.get(id);
    if (room) this.works.marks.entered(room);
    this.works.reach.enter();
    this.notifier.flush();
  }

  /** Where the open room is read: an absolute index of its log, or Infinity at the end. */
  reading(pivot: number): void {
    const room = this.core.rooms.get(this.core.openId);
    if (!room || (room.placed && room.log.pivot === pivot)) return;
    room.placed = true;
    room.log.pivot = pivot;
    this.works.marks.seen();
  }

  /** Somebody looks at a gap of the open room, or soon will. */
  fill(seq: number): void {
    this.works.reach.fill(seq);
  }

  /** Brings a message of the open room, wherever it is, with those around it. */
  fetch(seq: number): void {
    this.works.reach.fetch(seq);
  }

  /** A message that another one answers, and nothing around it. */
  quoted(seq: number): void {
    this.works.reach.quoted(seq);
  }

  /** Brings what was said at that time in the open room; the seq of the first event of that time or later. */
  fetchDate(ms: number): Promise<number | Failed> {
    return this.works.reach.date(ms);
  }

  /** Everything in a room is read; the line "new" goes. */
  markRead(room = this.core.openId): void {
    this.works.marks.all(room);
  }

  markAllRead(): void {
    this.works.marks.everything();
  }

  /** The open room is unread from there: nothing is read by itself until one comes back to it. */
  markUnread(seq: number): void {
    this.works.marks.unreadFrom(seq);
  }

  // --- speaking: through the outbox --------------------------------------------------------------------------------------

  /** Puts a message into the outbox. One that can never be sent is left with the person instead. */
  post(text: string, replyTo: number | null = null, files: readonly NewAttachment[] = []): Posted {
    const clean = cleanMessage(text);
    if (clean === '' && files.length === 0) return 'empty';
    const change: Change = replyTo === null ? { op: 'post', text: clean } : { op: 'post', text: clean, reply_to: replyTo };
    return this.checked(change, files);
  }

  edit(target: number, text: string): Posted {
    const clean = cleanMessage(text);
    // Without words a message with files still is one.
    if (clean === '' && !this.core.rooms.get(this.core.openId)?.log.find(target)?.files.length) return 'empty';
    return this.checked({ op: 'edit', target, text: clean });
  }

  /** Deletes, reacts, pins: a change to the open room that cannot be too long. */
  change(change: Change): void {
    this.works.sending.add(this.core.openId, change);
    this.notifier.flush();
  }

  /** A change whose end somebody waits for: it is done once, also through a lost connection, and never shown as failed. */
  submit(change: Change, room = ''): Promise<{ ok: KeptReply } | Failed> {
    return new Promise((resolve) => void this.works.sending.add(room, change, resolve));
  }

  /** `done` gets the room, when it is there. */
  create(name: string, done: Done): void {
    this.works.sending.add('', { op: 'create', name: cleanLine(name), kind: 'public' }, done);
  }

  join(room: string, done: Done): void {
    this.works.sending.add(room, { op: 'join' }, done);
  }

  leave(room: string, done: Done): void {
    this.works.sending.add(room, { op: 'leave' }, done);
  }

  setTopic(room: string, text: string, done: Done): void {
    this.works.sending.add(room, { op: 'topic', text: cleanLine(text) }, done);
  }

  retry(cid: string): void {
    this.works.sending.retry(cid);
  }

  drop(cid: string): void {
    this.works.sending.drop(cid);
  }

  /** How far a file of a message that waits has come, between 0 and 1. */
  progressOf(key: string): number {
    return this.works.sending.uploader?.progressOf(key) ?? 0;
  }

  /** When one's own message, made on this page, was where. */
  deliveryOf(cid: string): Delivery | undefined {
    return this.works.sending.deliveries.of(cid);
  }

  // --- oneself ------------------------------------------------------------------------------------------------------------

  /** Something was typed into the open room. */
  typing(): void {
    this.works.me.typing();
  }

  /** `done` gets the name that it became. Without a connection the wish is kept for the next one. */
  rename(wish: string, done: (result: Named) => void): void {
    this.works.me.rename(wish, done);
  }

  // --- inside ---------------------------------------------------------------------------------------------------------------

  private checked(change: Change, files: readonly NewAttachment[] = []): Posted {
    const named = files.map(({ alt }) => ({ id: '0'.repeat(20), alt }));
    const frame = { ...change, files: named, room: this.core.openId, cid: '0'.repeat(32), id: '0'.repeat(9) };
    if (new TextEncoder().encode(JSON.stringify(frame)).length > this.core.limits.message_bytes) return 'too_long';
    this.works.me.typed();
    this.works.sending.add(this.core.openId, change, undefined, files);
    this.notifier.flush();
    return 'ok';
  }

  // --- snapshots ------------------------------------------------------------------------------------------------------

  private drawn(): void {
    this.version++;
    this.snapshot = this.draw();
    this.works.sending.tellTabs();
    this.works.sending.memory.now?.cache.changed();
  }

  private draw(): Snapshot {
    const { core } = this;
    const { link, sending } = this.works;
    const views = [...core.rooms].map(([id, room]) =>
      room.view({ pending: sending.of(id), draft: this.works.drafts.has(id) }),
    );
    const rooms = this.ordered.of(views);
    return {
      phase: core.phase,
      seekingSince: link.seekingSince,
      refused: link.refused,
      ended: link.ended,
      endedWhy: link.endedWhy,
      you: core.you,
      limits: core.limits,
      server: core.server,
      rooms,
      room: rooms.find((r) => r.id === core.openId) ?? null,
      unsent: sending.items.length,
      unsaved: sending.unsaved,
      newBuild: link.newBuild,
      removed: core.removed,
      remembered: [...core.rooms.values()].some((r) => r.stale),
      version: this.version,
    };
  }
}
