// One person in one window: puts the parts together and is all that the page knows of them. The page draws from
// `current()`, and does what is below; it never touches a socket, and nothing here touches a page: what is the browser's
// is handed in.

import type { Change, KeptReply, MessageEvent } from '../proto/v1';
import { cleanLine, cleanMessage } from '../text/clean';
import type { Said as Signed } from './account';
import { Arrival } from './arrival';
import { Asks, type Failed } from './asks';
import { newCore, type SessionParts } from './core';
import type { Delivery } from './delivery';
import { Drafts } from './drafts';
import { Events } from './events';
import { Link } from './link';
import { Marks } from './marks';
import type { Done } from './outbox';
import { Reach } from './reach';
import type { Room } from './room';
import { Self, type Named } from './self';
import { Sending, type NewAttachment } from './sending';
import { Notifier, Ordered, type Snapshot } from './snapshot';
import type { Memory } from './stored';
import type { Tabs } from './tabs';

export type { Keep, SessionParts, You } from './core';
export type { Snapshot } from './snapshot';

export type { Failed } from './asks';
export type Posted = 'ok' | 'empty' | 'too_long';

/** Somebody else's message as it comes. `live`: while one was connected, and not told afterwards. */
export interface Said {
  room: string;
  event: MessageEvent;
  live: boolean;
}

export class Session extends Asks {
  readonly drafts: Drafts;
  readonly tabs: Tabs;
  private readonly link: Link;
  private readonly events: Events;
  private readonly marks: Marks;
  private readonly me: Self;
  private readonly reach: Reach;
  private readonly sending: Sending;
  private readonly memory: Memory;
  private readonly arrival: Arrival;
  private readonly notifier: Notifier;
  private readonly ordered = new Ordered();
  private loaded: Promise<unknown> = Promise.resolve();
  private hearers = new Set<(said: Said) => void>();
  private version = 0;
  private snapshot: Snapshot;

  constructor(parts: SessionParts) {
    super(newCore(parts));
    this.notifier = new Notifier(parts.schedule, () => this.drawn());
    // Before hello is answered in full the server takes nothing else.
    this.core.request = (command, onReply) => this.core.phase.at === 'ready' && this.link.socket.request(command, onReply);
    this.core.changed = () => this.notifier.changed();
    this.drafts = new Drafts(parts.keep, { changed: (room) => this.drafted(room) });
    this.marks = new Marks(this.core, (room, seq) => this.tabs.tell('read', { person: this.core.you.id, room, seq }));
    this.me = new Self(this.core);
    this.reach = new Reach(this.core, () => this.marks.seen());
    this.sending = new Sending(this.core);
    this.tabs = this.sending.tabs;
    this.memory = this.sending.memory;
    this.events = new Events(this.core, this.forEvents());
    const known = { sending: this.sending, drafts: this.drafts, marks: this.marks, me: this.me };
    this.arrival = new Arrival(this.core, known, (id) => this.left(id));
    this.link = new Link(this.core, this.forLink());
    this.tabs.on('draft', () => this.draftedElsewhere());
    this.tabs.on('read', (data) => this.readElsewhere(data as { person: string; room: string; seq: number }));
    this.snapshot = this.draw();
  }

  // --- the page comes and goes ------------------------------------------------------------------------------------------

  start(): void {
    this.loaded = this.arrival.load();
    this.link.socket.start();
  }

  stop(): void {
    for (const part of [this.marks, this.me, this.reach, this.events, this.sending]) part.stop();
    this.memory.now?.cache.stop();
    this.link.socket.stop();
  }

  /** Something suggests that now is a good time for a connection. */
  kick(): void {
    this.link.socket.kick();
  }

  /** Whether the page is shown. */
  shown(visible: boolean): void {
    this.link.shown(visible);
    if (!visible) void this.memory.now?.cache.write();
  }

  /** Whether somebody looks at it. */
  setActive(active: boolean): void {
    this.core.active = active;
    this.me.tellActive();
    this.marks.seen();
  }

  /** Ends this session at the server; then nothing of this person is left in this browser, what was not sent neither. */
  async signOut(): Promise<Signed> {
    // Like the way in, this is needed seldom.
    const { signOut } = await import('./account');
    const said = await signOut(this.core.parts.keep);
    if (!('error' in said)) await this.forget();
    return said;
  }

  async forget(): Promise<void> {
    this.drafts.clear();
    await Promise.all([this.sending.forget(), this.memory.with(({ cache }) => cache.end())]);
  }

  subscribe = (listener: () => void): (() => void) => this.notifier.subscribe(listener);

  current = (): Snapshot => this.snapshot;

  /** Hears what others say, as it comes. */
  onSaid(listener: (said: Said) => void): () => void {
    this.hearers.add(listener);
    return () => void this.hearers.delete(listener);
  }

  // --- reading ------------------------------------------------------------------------------------------------------------

  /** Shows another room. One that the person is not in is remembered, and open as soon as they are. */
  open(id: string): void {
    const { core } = this;
    if (id === core.openId) return;
    const before = core.rooms.get(core.openId);
    before?.log.setOpen(false);
    if (before) this.marks.left(before);
    core.openId = id;
    this.me.typed();
    const room = core.rooms.get(id);
    if (room) this.marks.entered(room);
    this.reach.enter();
    this.notifier.flush();
  }

  /** Where the open room is read: an absolute index of its log, or Infinity at the end. */
  reading(pivot: number): void {
    const room = this.core.rooms.get(this.core.openId);
    if (!room || (room.placed && room.log.pivot === pivot)) return;
    room.placed = true;
    room.log.pivot = pivot;
    this.marks.seen();
  }

  /** Somebody looks at a gap of the open room, or soon will. */
  fill(seq: number): void {
    this.reach.fill(seq);
  }

  /** Brings a message of the open room, wherever it is, with those around it. */
  fetch(seq: number): void {
    this.reach.fetch(seq);
  }

  /** A message that another one answers, and nothing around it. */
  quoted(seq: number): void {
    this.reach.quoted(seq);
  }

  /** Brings what was said at that time in the open room; the seq of the first event of that time or later. */
  fetchDate(ms: number): Promise<number | Failed> {
    return this.reach.date(ms);
  }

  /** Everything in a room is read; the line "new" goes. */
  markRead(room = this.core.openId): void {
    this.marks.all(room);
  }

  markAllRead(): void {
    this.marks.everything();
  }

  /** The open room is unread from there: nothing is read by itself until one comes back to it. */
  markUnread(seq: number): void {
    this.marks.unreadFrom(seq);
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
    if (clean === '') return 'empty';
    return this.checked({ op: 'edit', target, text: clean });
  }

  /** Deletes, reacts, pins: a change to the open room that cannot be too long. */
  change(change: Change): void {
    this.sending.add(this.core.openId, change);
    this.notifier.flush();
  }

  /** A change whose end somebody waits for: it is done once, also through a lost connection, and never shown as failed. */
  submit(change: Change, room = ''): Promise<{ ok: KeptReply } | Failed> {
    return new Promise((resolve) => void this.sending.add(room, change, resolve));
  }

  /** `done` gets the room, when it is there. */
  create(name: string, done: Done): void {
    this.sending.add('', { op: 'create', name: cleanLine(name), kind: 'public' }, done);
  }

  join(room: string, done: Done): void {
    this.sending.add(room, { op: 'join' }, done);
  }

  leave(room: string, done: Done): void {
    this.sending.add(room, { op: 'leave' }, done);
  }

  setTopic(room: string, text: string, done: Done): void {
    this.sending.add(room, { op: 'topic', text: cleanLine(text) }, done);
  }

  retry(cid: string): void {
    this.sending.retry(cid);
  }

  drop(cid: string): void {
    this.sending.drop(cid);
  }

  /** How far a file of a message that waits has come, between 0 and 1. */
  progressOf(key: string): number {
    return this.sending.uploader?.progressOf(key) ?? 0;
  }

  /** When one's own message, made on this page, was where. */
  deliveryOf(cid: string): Delivery | undefined {
    return this.sending.deliveries.of(cid);
  }

  // --- oneself ------------------------------------------------------------------------------------------------------------

  /** Something was typed into the open room. */
  typing(): void {
    this.me.typing();
  }

  /** `done` gets the name that it became. Without a connection the wish is kept for the next one. */
  rename(wish: string, done: (result: Named) => void): void {
    this.me.rename(wish, done);
  }

  // --- inside --------------------------------------------------------------------------------------------------------------

  private forLink(): ConstructorParameters<typeof Link>[1] {
    return {
      kept: (event) => this.events.kept(event),
      passing: (event) => this.events.passing(event),
      stray: (error) => this.sending.outbox.stray(error),
      cursors: () => this.arrival.cursors(),
      welcomed: (hello) => this.arrival.welcomed(hello),
      lost: (refused) => {
        this.arrival.lost();
        this.sending.outbox.shut(refused);
        this.reach.shut();
        this.me.lost();
      },
      // What was shown here must not be shown to whoever sits here next; what was written waits for its writer.
      ended: () => void this.memory.with(({ cache }) => cache.end()),
      loaded: () => this.loaded,
    };
  }

  private forEvents(): ConstructorParameters<typeof Events>[1] {
    return {
      back: (cid) => this.sending.back(cid),
      said: (room, event, before) => this.heard(room, event, before),
      skipped: () => this.link.socket.giveUp(),
      grown: () => this.marks.seen(),
      reset: (room) => this.beganAnew(room),
      entered: (id) => {
        if (id === this.core.openId) this.reach.enter();
      },
      left: (id) => this.left(id),
      ready: () => this.ready(),
      goodbye: (ms) => this.link.socket.goodbye(ms),
      ended: (reason) => void (this.link.endedWhy = reason),
      named: (name) => {
        if (this.me.wish === null) this.me.named(name);
      },
      crowd: () => this.reach.askLater(),
    };
  }

  private ready(): void {
    this.link.socket.ready();
    this.sending.outbox.open();
    this.reach.ready();
    this.me.ready();
    this.marks.seen();
    this.marks.tell();
  }

  private heard(room: Room, event: MessageEvent, before: number): void {
    this.marks.said(room, event.seq, before);
    const said: Said = { room: room.info.id, event, live: this.core.phase.at === 'ready' };
    for (const hearer of this.hearers) hearer(said);
  }

  private beganAnew(room: Room): void {
    const { id } = room.info;
    void this.memory.with(({ cache }) => cache.drop(id));
    this.sending.outbox.again(id);
    this.reach.forget(id);
    if (id === this.core.openId) this.reach.enter();
  }

  private left(id: string): void {
    this.core.rooms.delete(id);
    void this.memory.with(({ cache }) => cache.drop(id));
    this.sending.outbox.forget(id);
    this.reach.forget(id);
  }

  private drafted(room: string): void {
    this.tabs.tell('draft', room);
    this.core.changed();
  }

  private draftedElsewhere(): void {
    this.drafts.again();
    this.core.changed();
  }

  private readElsewhere({ person, room, seq }: { person: string; room: string; seq: number }): void {
    if (person !== this.core.you.id) return;
    this.core.rooms.get(room)?.readTo(seq);
    this.core.changed();
  }

  private checked(change: Change, files: readonly NewAttachment[] = []): Posted {
    const named = files.map(({ alt }) => ({ id: '0'.repeat(20), alt }));
    const frame = { ...change, files: named, room: this.core.openId, cid: '0'.repeat(32), id: '0'.repeat(9) };
    if (new TextEncoder().encode(JSON.stringify(frame)).length > this.core.limits.message_bytes) return 'too_long';
    this.me.typed();
    this.sending.add(this.core.openId, change, undefined, files);
    this.notifier.flush();
    return 'ok';
  }

  // --- snapshots ------------------------------------------------------------------------------------------------------

  private drawn(): void {
    this.version++;
    this.snapshot = this.draw();
    this.sending.tellTabs();
    this.memory.now?.cache.changed();
  }

  private draw(): Snapshot {
    const { core, link, sending } = this;
    const views = [...core.rooms].map(([id, room]) =>
      room.view({ pending: sending.of(id), draft: this.drafts.has(id) }),
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
      remembered: [...core.rooms.values()].some((r) => r.stale),
      version: this.version,
    };
  }
}
