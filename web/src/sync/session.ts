// One person in one window: the store that the page draws from, and the few things that the page can do. It holds the
// state, gives out one immutable snapshot per change, and never touches a page: storage and scheduling are handed in.

import { Socket, type Phase, type Wire } from '../net/socket';
import { helloOf, postedOf, renamedOf } from '../proto/decode';
import type { Command, ErrorBody, HelloReply, MessageEvent, PresenceEvent, Reply, ServerEvent } from '../proto/v1';
import { cleanMessage, cleanName } from '../text/clean';
import { Outbox, type Pending, type PostResult } from './outbox';
import { here, nobody, present, type People } from './people';
import { RoomLog } from './roomlog';

const ROOM = 'lobby';
/** At most one word about focus in this time. */
const ACTIVE_MS = 2000;
/** Close codes that say: what you sent was wrong. */
const REFUSED = new Set([1002, 1003, 1007, 1008, 1009]);

export interface Snapshot {
  phase: Phase;
  /** When the page lost (or, at first, began to seek) the connection; null while there is one. */
  seekingSince: number | null;
  you: { id: string; name: string };
  nameChars: number;
  roomName: string;
  people: People;
  log: RoomLog;
  pending: readonly Pending[];
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

export class Session {
  private readonly socket: Socket;
  private readonly outbox: Outbox;
  private readonly log = new RoomLog();
  private phase: Phase = { at: 'connecting' };
  private seekingSince: number | null = Date.now();
  private you: { id: string; name: string };
  private limits = { message_bytes: 65_536, name_chars: 40 };
  private roomName = '';
  private people: People = nobody;
  private firstBuild: string | null = null;
  private build = '';
  private head = 0;
  private active: boolean;
  private activeTold: boolean | null = null;
  private activeTimer: ReturnType<typeof setTimeout> | undefined;

  private snapshot: Snapshot;
  private version = 0;
  private scheduled = false;
  private listeners = new Set<() => void>();

  constructor(private readonly parts: SessionParts) {
    this.you = { id: '', name: parts.keep.get('name') ?? '' };
    this.active = parts.active;
    this.outbox = new Outbox({
      post: (item, done) => this.sendPost(item, done),
      acked: (item) => this.settle(item, this.head),
      changed: () => this.changed(),
    });
    const user = {
      onOpen: () => this.hello(),
      onEvent: (event: ServerEvent) => this.heard(event),
      onStray: (reply: Reply) => 'error' in reply && this.outbox.stray(reply.error),
      onDown: (code: number) => this.lost(code),
      onPhase: (phase: Phase) => this.phased(phase),
    };
    this.socket = parts.wire ? new Socket(parts.url, user, parts.wire) : new Socket(parts.url, user);
    this.snapshot = this.take();
  }

  // --- for the page ---------------------------------------------------------------------------------------------------

  start(): void {
    this.socket.start();
  }

  stop(): void {
    clearTimeout(this.activeTimer);
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

  /** Puts a message into the outbox. One that can never be sent is left with the person instead. */
  post(text: string): 'ok' | 'empty' | 'too_long' {
    const clean = cleanMessage(text);
    if (clean === '') return 'empty';
    if (this.bytesOf(clean) > this.limits.message_bytes) return 'too_long';
    this.outbox.add({ cid: this.parts.randomHex(16), text: clean, ts: Date.now() });
    this.flush();
    return 'ok';
  }

  retry(cid: string): void {
    this.outbox.retry(cid, this.parts.randomHex(16), Date.now());
  }

  drop(cid: string): void {
    this.outbox.remove(cid);
  }

  /** `done` gets the name that it became. Without a connection the wish goes along with the next hello. */
  rename(wish: string, done: (result: { name: string } | { error: ErrorBody }) => void): void {
    const name = cleanName(wish);
    const sent = this.phase.at === 'ready' && this.socket.request({ op: 'rename', name }, (reply) => {
      if ('error' in reply) done({ error: reply.error });
      else {
        this.named(renamedOf(reply.body) ?? name);
        done({ name: this.you.name });
      }
    });
    if (sent) return;
    this.named(name);
    done({ name });
  }

  setActive(active: boolean): void {
    this.active = active;
    this.tellActive();
  }

  // --- the conversation -----------------------------------------------------------------------------------------------

  private hello(): void {
    const token = this.parts.keep.get('token');
    const command: Command = { op: 'hello', active: this.active };
    if (token) command.token = token;
    if (this.you.name) command.name = this.you.name;
    this.activeTold = this.active;
    this.socket.request(command, (reply) => {
      const hello = 'error' in reply ? null : helloOf(reply.body);
      if (hello) this.welcomed(hello);
      else if ('error' in reply && reply.error.code !== 'closed' && command.name) {
        // A name that was good once and is not any more must not lock its owner out.
        this.you = { ...this.you, name: '' };
        this.hello();
      } else this.socket.giveUp();
    });
  }

  private welcomed(hello: HelloReply): void {
    if (hello.token) this.parts.keep.set('token', hello.token);
    this.you.id = hello.you.id;
    this.named(hello.you.name);
    this.limits = hello.limits;
    this.firstBuild ??= hello.build;
    this.build = hello.build;
    const room = hello.rooms.find((r) => r.id === ROOM);
    if (room) {
      this.roomName = room.name;
      // Acknowledged, but the event was lost with the old connection: it has its place in the gap, or in the old
      // numbering if the room began anew.
      const forgot = this.outbox.items.some((p) => p.ack && p.ack.seq > room.head);
      if (forgot || this.log.diverged(room.head, room.log)) this.settleAll(Infinity);
      this.head = room.head;
      this.log.attach(room.head, room.log);
      this.settleAll(room.head);
    }
    this.changed();
  }

  private heard(event: ServerEvent): void {
    switch (event.ev) {
      case 'ready':
        this.socket.ready();
        this.outbox.open();
        this.tellActive();
        break;
      case 'message':
        if (event.room === ROOM) this.said(event);
        break;
      case 'here':
        if (event.room === ROOM) this.people = here(event);
        break;
      case 'heartbeat':
        return;
      default:
        if (event.room === ROOM) this.moved(event);
    }
    this.changed();
  }

  private said(event: MessageEvent): void {
    const mine = event.from.id === this.you.id;
    this.log.add(event, mine);
    if (mine && event.cid) this.outbox.remove(event.cid);
  }

  private moved(event: PresenceEvent): void {
    this.people = present(this.people, event);
    const { id, name } = event.from;
    if (event.ev === 'renamed') {
      if (id === this.you.id) this.named(name);
      this.log.notice({ what: 'renamed', id, name, was: event.was });
    } else if (event.ev !== 'active') {
      this.log.notice({ what: event.ev, id, name });
    }
  }

  private sendPost(item: Pending, done: (result: PostResult) => void): boolean {
    const command: Command = { op: 'post', room: ROOM, cid: item.cid, text: item.text };
    return this.socket.request(command, (reply) => {
      if ('error' in reply) return done({ error: reply.error });
      const ok = postedOf(reply.body);
      done(ok ? { ok } : { error: { code: 'unknown', message: '' } });
    });
  }

  private settleAll(head: number): void {
    for (const item of this.outbox.items) this.settle(item, head);
  }

  /** An acknowledged message from before this connection: its event will not come again, so the answer stands for it. */
  private settle(item: Pending, head: number): void {
    if (!item.ack || item.ack.seq > head) return;
    const { seq, mid, ts } = item.ack;
    this.said({ ev: 'message', room: ROOM, seq, mid, ts, from: { ...this.you }, cid: item.cid, text: item.text });
  }

  private lost(code: number): void {
    const refused = REFUSED.has(code) ? { code: `close_${code}`, message: '' } : null;
    this.outbox.shut(refused);
    this.activeTold = null;
    clearTimeout(this.activeTimer);
    this.activeTimer = undefined;
    this.seekingSince ??= Date.now();
  }

  private phased(phase: Phase): void {
    this.phase = phase;
    if (phase.at === 'ready') this.seekingSince = null;
    this.changed();
  }

  private named(name: string): void {
    this.you = { ...this.you, name };
    this.parts.keep.set('name', name);
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

  private bytesOf(text: string): number {
    const frame = { op: 'post', room: ROOM, cid: '0'.repeat(32), text, id: '0'.repeat(9) };
    return new TextEncoder().encode(JSON.stringify(frame)).length;
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
    this.snapshot = this.take();
    for (const listener of this.listeners) listener();
  }

  private take(): Snapshot {
    return {
      phase: this.phase,
      seekingSince: this.seekingSince,
      you: this.you,
      nameChars: this.limits.name_chars,
      roomName: this.roomName,
      people: this.people,
      log: this.log,
      pending: this.outbox.items,
      newBuild: this.firstBuild !== null && this.build !== this.firstBuild,
      version: this.version,
    };
  }
}
