// One person in one window: the store that the page draws from, and the few things that the page can do. It holds the
// state, gives out one immutable snapshot per change, and never touches a page: storage and scheduling are handed in.

import { Socket, type Phase, type Wire } from '../net/socket';
import { helloOf, hereOf, keptReplyOf, pageOf, readOf, renamedOf, roomsOf, settingsOf } from '../proto/decode';
import {
  LOBBY,
  SENT_AWAY,
  SIGNED_OUT,
  type Change,
  type Command,
  type Cursor,
  type ErrorBody,
  type HelloReply,
  type HistoryQuery,
  type KeptEvent,
  type Limits,
  type Page,
  type PassingEvent,
  type PresenceEvent,
  type RenamedEvent,
  type Reply,
  type RoomInfo,
  type RoomsReply,
} from '../proto/v1';
import { cleanLine, cleanMessage } from '../text/clean';
import { Outbox, passes, waitOf, type Done, type Pending, type Result } from './outbox';
import { Pager, type Want } from './pager';
import { here, turn } from './people';
import { Room, type RoomView } from './room';

/** At most one word about focus in this time. */
const ACTIVE_MS = 2000;
/** At most one sign of typing in this time. */
const TYPING_EVERY_MS = 3000;
/** Read marks are told together. */
const READ_MS = 300;
/** Who is in a large room is asked at most this often. */
const WHO_MS = 10_000;
/** Messages of one page. */
const PAGE = 50;
/** Close codes that say: what you sent was wrong. */
const REFUSED = new Set([1002, 1003, 1007, 1008, 1009]);

export interface Snapshot {
  phase: Phase;
  /** When the page lost (or, at first, began to seek) the connection; null while there is one. */
  seekingSince: number | null;
  /** Why the server does not let one in. */
  refused: ErrorBody | null;
  you: { id: string; name: string; role: string };
  /** The close code with which the server has ended this session for good; null: it has not. */
  ended: number | null;
  limits: Limits;
  /** The lobby first, the others by name. Empty before the first hello. */
  rooms: readonly RoomView[];
  /** The open room; null when one is not in it (yet). */
  room: RoomView | null;
  /** Whether anything would be lost with this page. */
  unsaved: boolean;
  /** The server's web client is newer than this page. */
  newBuild: boolean;
  version: number;
}

/** Small texts that outlive the page. */
export interface Keep {
  get(key: string): string | null;
  set(key: string, value: string): void;
}

export interface SessionParts {
  url: string;
  keep: Keep;
  /** Calls back once, soon: with the next frame in a page. */
  schedule(run: () => void): void;
  randomHex(bytes: number): string;
  active: boolean;
  wire?: (url: string, subprotocol: string) => Wire;
}

const byName = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });
const failed = (reply: Reply): ErrorBody => ('error' in reply ? reply.error : { code: 'unknown', message: '' });

export class Session {
  private readonly socket: Socket;
  private readonly outbox: Outbox;
  private readonly pager: Pager;
  private rooms = new Map<string, Room>();
  private openId = LOBBY;
  private phase: Phase = { at: 'connecting' };
  private seekingSince: number | null = Date.now();
  private refused: ErrorBody | null = null;
  private you: { id: string; name: string; role: string };
  private ended: number | null = null;
  /** A new name that the server has not heard yet. */
  private wish: string | null = null;
  private limits: Limits = { message_bytes: 65_536, name_chars: 40, topic_chars: 250, page: 100 };
  private firstBuild: string | null = null;
  private build = '';
  private active: boolean;
  private activeTold: boolean | null = null;
  private activeTimer: ReturnType<typeof setTimeout> | undefined;
  private askTimer: ReturnType<typeof setTimeout> | undefined;
  private readTimer: ReturnType<typeof setTimeout> | undefined;
  private typingTimer: ReturnType<typeof setTimeout> | undefined;
  private typedAt = -Infinity;

  private snapshot: Snapshot;
  private version = 0;
  private scheduled = false;
  private listeners = new Set<() => void>();

  constructor(private readonly parts: SessionParts) {
    this.you = { id: '', name: parts.keep.get('name') ?? '', role: '' };
    this.active = parts.active;
    this.outbox = new Outbox({
      send: (item, done) => this.sendChange(item, done),
      lastOf: (room) => this.rooms.get(room)?.log.last ?? 0,
      changed: () => this.changed(),
    });
    this.pager = new Pager({
      queryOf: (want) => this.queryOf(want),
      send: (want, query, done) => this.sendHistory(want, query, done),
      take: (page) => this.take(page),
    });
    const user = {
      onOpen: () => this.hello(),
      onKept: (event: KeptEvent) => this.kept(event),
      onPassing: (event: PassingEvent) => this.passing(event),
      onStray: (reply: Reply) => this.outbox.stray(failed(reply)),
      onDown: (code: number) => this.lost(code),
      onPhase: (phase: Phase) => this.phased(phase),
    };
    this.socket = parts.wire ? new Socket(parts.url, user, parts.wire) : new Socket(parts.url, user);
    this.snapshot = this.draw();
  }

  // --- for the page ---------------------------------------------------------------------------------------------------

  start(): void {
    this.socket.start();
  }

  stop(): void {
    for (const timer of [this.activeTimer, this.askTimer, this.readTimer, this.typingTimer]) clearTimeout(timer);
    this.pager.shut();
    this.outbox.shut();
    this.socket.stop();
  }

  kick(): void {
    this.socket.kick();
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  current = (): Snapshot => this.snapshot;

  /** Shows another room. One that the person is not in is remembered, and open as soon as they are. */
  open(room: string): void {
    if (room === this.openId) return;
    this.rooms.get(this.openId)?.log.setOpen(false);
    this.openId = room;
    this.typedAt = -Infinity;
    this.enter();
    this.flush();
  }

  /** Where the open room is read: an absolute index of its log, or Infinity at the end. */
  reading(pivot: number): void {
    const room = this.rooms.get(this.openId);
    if (!room || room.log.pivot === pivot) return;
    room.log.pivot = pivot;
    this.seen();
  }

  /** Somebody looks at a gap of the open room, or soon will. */
  fill(seq: number): void {
    this.pager.want({ room: this.openId, seq }, true);
  }

  /** Brings a message, wherever it is, with those around it. */
  fetch(seq: number): void {
    this.pager.want({ room: this.openId, seq, query: { around: seq } }, true);
  }

  /** A message that another one answers, and nothing around it. */
  quoted(seq: number): void {
    this.pager.want({ room: this.openId, seq, query: { before: seq + 1 }, limit: 1 }, false);
  }

  /** Puts a message into the outbox. One that can never be sent is left with the person instead. */
  post(text: string, replyTo: number | null = null): 'ok' | 'empty' | 'too_long' {
    const clean = cleanMessage(text);
    if (clean === '') return 'empty';
    return this.checked(replyTo === null ? { op: 'post', text: clean } : { op: 'post', text: clean, reply_to: replyTo });
  }

  edit(target: number, text: string): 'ok' | 'empty' | 'too_long' {
    const clean = cleanMessage(text);
    if (clean === '') return 'empty';
    return this.checked({ op: 'edit', target, text: clean });
  }

  /** Deletes, reacts, pins: a change to the open room that cannot be too long. */
  change(change: Change): void {
    this.add(this.openId, change);
    this.flush();
  }

  /** `done` gets the room, when it is there. */
  create(name: string, done: Done): void {
    this.add('', { op: 'create', name: cleanLine(name), kind: 'public' }, done);
  }

  join(room: string, done: Done): void {
    this.add(room, { op: 'join' }, done);
  }

  leave(room: string, done: Done): void {
    this.add(room, { op: 'leave' }, done);
  }

  setTopic(room: string, text: string, done: Done): void {
    this.add(room, { op: 'topic', text: cleanLine(text) }, done);
  }

  /** The public rooms after the name `after`. */
  browse(after: string, done: (result: RoomsReply | { error: ErrorBody }) => void): void {
    const sent = this.socket.request({ op: 'rooms', after, limit: 50 }, (reply) => {
      done(('body' in reply ? roomsOf(reply.body) : null) ?? { error: failed(reply) });
    });
    if (!sent) done({ error: { code: 'closed', message: '' } });
  }

  retry(cid: string): void {
    this.outbox.retry(cid, this.parts.randomHex(16), Date.now());
  }

  drop(cid: string): void {
    this.outbox.remove(cid);
  }

  /** Something was typed into the open room. */
  typing(): void {
    const now = Date.now();
    if (this.phase.at !== 'ready' || now - this.typedAt < TYPING_EVERY_MS) return;
    this.typedAt = now;
    this.socket.request({ op: 'typing', room: this.openId }, () => {});
  }

  /** `done` gets the name that it became. Without a connection the wish is kept for the next one. */
  rename(wish: string, done: (result: { name: string } | { error: ErrorBody }) => void): void {
    const name = cleanLine(wish);
    if (this.phase.at === 'ready') this.tellName(name, done);
    else {
      this.wish = name;
      this.named(name);
      done({ name });
    }
  }

  setActive(active: boolean): void {
    this.active = active;
    this.tellActive();
    this.seen();
  }

  // --- hello ----------------------------------------------------------------------------------------------------------

  private hello(name: string | null = this.you.name || null): void {
    const token = this.parts.keep.get('token');
    const cursors: Record<string, Cursor> = {};
    for (const [id, room] of this.rooms) cursors[id] = room.log.cursor;
    const command: Command = { op: 'hello', active: this.active, cursors };
    if (token) command.token = token;
    if (name !== null) command.name = name;
    this.activeTold = this.active;
    this.socket.request(command, (reply) => {
      const hello = 'body' in reply ? helloOf(reply.body) : null;
      if (hello) return this.welcomed(hello);
      const error = failed(reply);
      if (passes(error)) this.socket.goodbye(waitOf(error));
      // A name that was good once and is not any more must not lock its owner out.
      else if (name !== null && error.code !== 'closed' && error.code !== 'guests_off') return this.hello(null);
      this.refused = error.code === 'closed' ? null : error;
      this.changed();
      return this.socket.giveUp();
    });
  }

  private welcomed(hello: HelloReply): void {
    if (hello.token) this.parts.keep.set('token', hello.token);
    // Somebody else from here on: what the other one saw and said is not theirs.
    if (this.you.id !== hello.you.id) this.rooms.clear();
    this.you = { ...this.you, id: hello.you.id, role: hello.you.role };
    if (this.wish === null) this.named(hello.you.name);
    this.refused = null;
    this.limits = hello.limits;
    this.firstBuild ??= hello.build;
    this.build = hello.build;
    const listed = new Set(hello.rooms.map((r) => r.id));
    for (const id of this.rooms.keys()) if (!listed.has(id)) this.left(id);
    for (const info of hello.rooms) {
      const room = this.rooms.get(info.id);
      if (room) room.restate(info);
      else this.rooms.set(info.id, new Room(info, this.you.id));
    }
    this.changed();
  }

  private ready(): void {
    this.socket.ready();
    this.outbox.open();
    this.pager.open();
    for (const room of this.rooms.values()) room.asked = false;
    this.enter();
    this.countUnread();
    this.tellActive();
    this.seen();
    this.tellRead();
    if (this.wish !== null) this.tellName(this.wish, () => {});
  }

  private lost(code: number): void {
    this.outbox.shut(REFUSED.has(code) ? { code: `close_${code}`, message: '' } : null);
    this.pager.shut();
    this.activeTold = null;
    clearTimeout(this.activeTimer);
    this.activeTimer = undefined;
    this.seekingSince ??= Date.now();
    if (code === SIGNED_OUT || code === SENT_AWAY) {
      this.ended = code;
      this.changed();
    }
  }

  private phased(phase: Phase): void {
    this.phase = phase;
    if (phase.at === 'ready') this.seekingSince = null;
    this.changed();
  }

  // --- events ---------------------------------------------------------------------------------------------------------

  private kept(event: KeptEvent): void {
    const room = this.rooms.get(event.room);
    if (!room) return;
    if ('from' in event && event.from.id === this.you.id && event.cid) this.outbox.remove(event.cid);
    const result = room.log.apply(event);
    if (result === 'known') return;
    // Something is missing that the server will never repeat by itself. Coming back with the cursor brings it.
    if (result === 'skipped') return this.socket.giveUp();
    if (event.ev === 'message') room.typed(event.from.id);
    else if (event.ev === 'topic' && event.seq > room.info.head) room.info = { ...room.info, topic: event.text };
    else if (event.ev === 'created' || event.ev === 'named') room.info = { ...room.info, name: event.name };
    else if (event.ev === 'settings') room.info = { ...room.info, ...(event.kind ? { kind: event.kind } : {}), ...settingsOf({ ...event }) };
    this.seen();
    this.changed();
  }

  private passing(event: PassingEvent): void {
    switch (event.ev) {
      case 'ready':
        this.ready();
        break;
      case 'you':
        this.you = { ...this.you, role: event.role };
        break;
      case 'heartbeat':
      // The close that follows says it, too.
      case 'ended':
      case 'server':
        return;
      case 'goodbye':
        return this.socket.goodbye(event.retry_ms);
      case 'room':
        this.entered(event.info);
        break;
      case 'gone':
        this.left(event.room);
        break;
      default: {
        const room = this.rooms.get(event.room);
        if (!room) return;
        this.happened(room, event);
      }
    }
    this.changed();
  }

  private happened(room: Room, event: Exclude<PassingEvent, { ev: 'you' | 'server' | 'ended' | 'ready' | 'heartbeat' | 'goodbye' | 'room' | 'gone' }>): void {
    switch (event.ev) {
      case 'reset':
        room.log.reset(event.head, event.mid);
        this.outbox.again(event.room);
        this.pager.forget(event.room);
        if (event.room === this.openId) this.enter();
        break;
      case 'presence':
        this.presence(room, event);
        break;
      case 'here':
        room.people = here(room.people, event);
        if (!event.people) this.askLater();
        break;
      case 'renamed':
        this.renamed(room, event);
        break;
      case 'typing':
        if (event.from.id !== this.you.id) room.types(event.from, Date.now());
        this.watchTyping();
        break;
      case 'read':
        room.read = Math.max(room.read, event.seq);
        room.readTold = Math.max(room.readTold, event.seq);
        break;
      case 'level':
        room.info = { ...room.info, level: event.level };
        break;
    }
  }

  private presence(room: Room, event: PresenceEvent): void {
    const what = room.asked ? turn(room.people, event) : null;
    room.present(event);
    // Elsewhere people join and leave for good, and that is in the log: two kinds of joining would say nothing.
    if (what === null || event.room !== LOBBY || event.from.id === this.you.id) return;
    room.log.notice({ what, id: event.from.id, name: event.from.name });
  }

  private renamed(room: Room, event: RenamedEvent): void {
    const { id, name } = event.from;
    room.renamed(event);
    if (id === this.you.id && this.wish === null) this.named(name);
    room.log.notice({ what: 'renamed', id, name, was: event.was });
  }

  private watchTyping(): void {
    clearTimeout(this.typingTimer);
    const now = Date.now();
    const ends = [...this.rooms.values()].map((r) => r.forgetTyping(now)).filter((t) => t !== null);
    this.changed();
    if (ends.length === 0) return;
    this.typingTimer = setTimeout(() => this.watchTyping(), Math.min(...ends) - now);
  }

  // --- rooms ----------------------------------------------------------------------------------------------------------

  private entered(info: RoomInfo): void {
    // A room that is here already goes on from its cursor: this is then only what hello said, too.
    if (this.rooms.has(info.id)) return;
    this.rooms.set(info.id, new Room(info, this.you.id));
    if (info.id === this.openId) this.enter();
  }

  private left(id: string): void {
    this.rooms.delete(id);
    this.outbox.forget(id);
    this.pager.forget(id);
  }

  /** Brings what the open room lacks to be looked at. */
  private enter(): void {
    const room = this.rooms.get(this.openId);
    if (!room) return;
    room.log.setOpen(true);
    const gap = room.log.gapNearEnd(PAGE);
    if (gap) this.pager.want({ room: this.openId, seq: gap.last }, true);
    this.seen();
    if (!room.asked) this.askWho(room);
  }

  private askWho(room: Room): void {
    room.asked = this.socket.request({ op: 'here', room: this.openId }, (reply) => {
      const event = 'body' in reply ? hereOf(reply.body) : null;
      if (event) room.people = here(room.people, event);
      else room.asked = false;
      this.changed();
    });
  }

  /** A large room has changed: who is in it is asked again, but seldom. */
  private askLater(): void {
    this.askTimer ??= setTimeout(() => {
      this.askTimer = undefined;
      const room = this.rooms.get(this.openId);
      if (room) this.askWho(room);
    }, WHO_MS);
  }

  /** Where little is unread it is fetched, so that it can be counted. Where there is much, "much" is all that is shown. */
  private countUnread(): void {
    for (const [id, { log, read }] of this.rooms) {
      const gap = log.gapAt(read + 1);
      if (!gap || id === this.openId || log.last - read > this.limits.page) continue;
      this.pager.want({ room: id, seq: read + 1, query: { after: read }, limit: this.limits.page }, false);
    }
  }

  private queryOf({ room: id, seq, query }: Want): HistoryQuery | null {
    const log = this.rooms.get(id)?.log;
    const gap = log?.gapAt(seq);
    return log && gap ? (query ?? log.query(gap)) : null;
  }

  private sendHistory(
    { room, limit = PAGE }: Want,
    query: HistoryQuery,
    done: (result: { page: Page } | { error: ErrorBody }) => void,
  ): boolean {
    return this.socket.request({ op: 'history', room, limit: Math.min(limit, this.limits.page), ...query }, (reply) => {
      const page = 'body' in reply ? pageOf(reply.body) : null;
      done(page ? { page } : { error: failed(reply) });
    });
  }

  private take(page: Page): boolean {
    const room = this.rooms.get(page.room);
    if (!room) return true;
    const taken = room.log.page(page);
    this.seen();
    this.changed();
    return taken;
  }

  // --- what is told -----------------------------------------------------------------------------------------------------

  private checked(change: Change): 'ok' | 'too_long' {
    const frame = { ...change, room: this.openId, cid: '0'.repeat(32), id: '0'.repeat(9) };
    if (new TextEncoder().encode(JSON.stringify(frame)).length > this.limits.message_bytes) return 'too_long';
    this.typedAt = -Infinity;
    this.change(change);
    return 'ok';
  }

  private add(room: string, change: Change, done?: Done): void {
    this.outbox.add({ cid: this.parts.randomHex(16), room, change, ts: Date.now() }, done);
  }

  private sendChange(item: Pending, done: (result: Result) => void): boolean {
    const { cid, room, change } = item;
    return this.socket.request({ ...change, ...(room ? { room } : {}), cid }, (reply) => {
      const ok = 'body' in reply ? keptReplyOf(reply.body) : null;
      done(ok ? { ok } : { error: failed(reply) });
    });
  }

  /** The read mark moves only while somebody looks at the end. */
  private seen(): void {
    const room = this.rooms.get(this.openId);
    if (!room || !this.active || room.log.pivot !== Infinity) return;
    const { last } = room.log;
    if (room.read >= last || room.log.gapAt(last)) return;
    room.read = last;
    this.changed();
    this.readTimer ??= setTimeout(() => {
      this.readTimer = undefined;
      this.tellRead();
    }, READ_MS);
  }

  private tellRead(): void {
    if (this.phase.at !== 'ready') return;
    for (const [id, room] of this.rooms) {
      if (room.read <= room.readTold) continue;
      room.readTold = room.read;
      this.socket.request({ op: 'read', room: id, seq: room.read }, (reply) => {
        const stands = 'body' in reply ? readOf(reply.body) : null;
        if (stands !== null) room.read = Math.max(room.read, stands);
      });
    }
  }

  private tellName(name: string, done: (result: { name: string } | { error: ErrorBody }) => void): void {
    this.socket.request({ op: 'rename', name }, (reply) => {
      if ('error' in reply) {
        // Cut off, it is still wished for; refused, it is not.
        if (reply.error.code !== 'closed') this.wish = null;
        return done({ error: reply.error });
      }
      this.wish = null;
      this.named(renamedOf(reply.body) ?? name);
      return done({ name: this.you.name });
    });
  }

  private named(name: string): void {
    this.you = { ...this.you, name };
    // A guest's wish for the next time. An account's name is not to be asked for by whoever comes after it here.
    if (this.you.role === '' || this.you.role === 'guest') this.parts.keep.set('name', name);
    this.changed();
  }

  private tellActive(): void {
    if (this.phase.at !== 'ready' || this.activeTimer !== undefined || this.active === this.activeTold) return;
    this.activeTold = this.active;
    this.socket.request({ op: 'active', active: this.active }, () => {});
    this.activeTimer = setTimeout(() => {
      this.activeTimer = undefined;
      this.tellActive();
    }, ACTIVE_MS);
  }

  // --- snapshots ------------------------------------------------------------------------------------------------------

  private changed(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    this.parts.schedule(() => this.flush());
  }

  private flush(): void {
    this.scheduled = false;
    this.version++;
    this.snapshot = this.draw();
    for (const listener of this.listeners) listener();
  }

  private draw(): Snapshot {
    const rooms = [...this.rooms.values()].map((r) => r.view(this.outbox.items));
    rooms.sort((a, b) => Number(b.id === LOBBY) - Number(a.id === LOBBY) || byName.compare(a.name, b.name));
    return {
      phase: this.phase,
      seekingSince: this.seekingSince,
      refused: this.refused,
      ended: this.ended,
      you: this.you,
      limits: this.limits,
      rooms,
      room: rooms.find((r) => r.id === this.openId) ?? null,
      unsaved: this.outbox.items.length > 0,
      newBuild: this.firstBuild !== null && this.build !== this.firstBuild,
      version: this.version,
    };
  }
}
