// A server in memory, for the tests of sync: it does what the protocol says (see fake-core.mjs), and misbehaves as told.
// Frames of one connection keep their order, as TCP keeps it; whether a reply goes before or after its event does not.

import type { Wire } from '../../src/net/socket';
import type { ErrorBody, From, KeptEvent, MessageEvent } from '../../src/proto/v1';
import { Community, type Effect, type FakeRoom, type Handled } from '../fake-core.mjs';

type Json = Record<string, unknown>;

export interface Fate {
  /** Cut the connection: before the change is stored, after it but before anything is sent, between event and reply. */
  cut?: 'before' | 'after' | 'between';
  replyFirst?: boolean;
  error?: ErrorBody;
}

export class Hub {
  core = new Community();
  /** Everything that came, in its order. */
  frames: Json[] = [];
  /** The changes that came, in their order. */
  changes: Json[] = [];
  hellos: Json[] = [];
  histories: Json[] = [];
  asked: Json[] = [];
  actives: boolean[] = [];
  build = 'one';
  /** Here guests may do all that members may. */
  server = { members_only: false, slow_ms: 0, name: '', signup: 'open', guests: 'all' };
  /** Refuses every connection. */
  down = false;
  /** Accepts and then says nothing. */
  mute = false;
  /** Milliseconds on the way, in one direction. */
  latency: () => number = () => 5;
  fate: (change: Json) => Fate = () => ({});
  renameTo: (wish: string) => string = (wish) => wish;
  helloError: (hello: Json) => ErrorBody | null = () => null;
  /** What is answered to a command that the hub knows nothing of. */
  answer: (o: Json) => { ok?: Json; error?: ErrorBody } = () => ({ ok: {} });
  historyError: (o: Json) => ErrorBody | null = () => null;
  /** Who the next connections are. */
  me: From = { id: 'me', name: 'Me' };
  people: { id: string; name: string; active: boolean }[] = [{ id: 'me', name: 'Me', active: true }];
  lines = new Set<Line>();
  opened = 0;
  /** What was sent on a connection that was not open; a browser complains of each. */
  inVain = 0;

  open = (): Wire => new Line(this);

  get lobby(): FakeRoom {
    return this.core.rooms.get('lobby') as FakeRoom;
  }

  get posts(): Json[] {
    return this.changes.filter((o) => o.op === 'post');
  }

  /** What was said in a room, edits and deletions not regarded. */
  said(room = this.lobby): (string | undefined)[] {
    return room.log.flatMap((e) => (e.ev === 'message' ? [e.text] : []));
  }

  /** Somebody else says something. */
  other(text: string, from: From = { id: 'bob', name: 'Bob' }, room = this.lobby): MessageEvent {
    const event = this.core.append(room, from, { ev: 'message', text });
    this.spread(event);
    return event as MessageEvent;
  }

  /** Somebody else does something. */
  does(body: Json, room = this.lobby, from: From = { id: 'bob', name: 'Bob' }): KeptEvent {
    const event = this.core.append(room, from, body);
    this.spread(event);
    return event;
  }

  /** To everybody in the event's room. */
  spread(event: object): void {
    const { room } = event as { room?: string };
    for (const line of this.lines) {
      if (line.welcome && (room === undefined || this.core.isIn(line.who.id, room))) line.say(event);
    }
  }

  effect({ room, person, others, event }: Effect, by: Line | null): void {
    if (room !== undefined) return this.spread(event);
    for (const line of this.lines) if (line.welcome && line.who.id === person && !(others && line === by)) line.say(event);
    return undefined;
  }

  cutAll(code = 1006): void {
    for (const line of this.lines) line.cut(code);
  }

  /** Everything is forgotten. */
  restart(): void {
    this.cutAll(1001);
    this.core.clear();
  }
}

export class Line implements Wire {
  onopen: Wire['onopen'] = null;
  onmessage: Wire['onmessage'] = null;
  onclose: Wire['onclose'] = null;
  onerror: Wire['onerror'] = null;
  readyState = 0;
  welcome = false;
  readonly who: From;
  private over = false;
  private upAt = 0;
  private downAt = 0;

  constructor(private readonly hub: Hub) {
    hub.opened++;
    this.who = { ...hub.me };
    if (hub.down) {
      setTimeout(() => this.cut(1006), 1);
      return;
    }
    hub.lines.add(this);
    setTimeout(() => !this.over && this.up(), 1);
  }

  private up(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  send(text: string): void {
    this.hub.inVain += Number(this.readyState !== 1);
    this.upAt = Math.max(this.upAt, Date.now() + this.hub.latency());
    setTimeout(() => !this.over && !this.hub.mute && this.handle(JSON.parse(text) as Json), this.upAt - Date.now());
  }

  close(): void {
    this.over = true;
    this.readyState = 3;
    this.hub.lines.delete(this);
  }

  /** As a browser does with a page that is being left: it closes, and has not said so yet. */
  closing(): void {
    this.readyState = 2;
  }

  cut(code: number): void {
    if (this.over) return;
    this.close();
    this.onclose?.({ code });
  }

  say(frame: object): void {
    this.downAt = Math.max(this.downAt, Date.now() + this.hub.latency());
    setTimeout(() => !this.over && this.onmessage?.({ data: JSON.stringify(frame) }), this.downAt - Date.now());
  }

  private handle(o: Json): void {
    const re = o.id;
    const { hub } = this;
    hub.frames.push(o);
    if (o.op === 'hello') return this.hello(o);
    if (o.op === 'rename') {
      this.who.name = hub.renameTo(o.name as string);
      return this.say({ re, ok: true, name: this.who.name });
    }
    if (o.op === 'active') hub.actives.push(o.active as boolean);
    if (o.op === 'history') hub.histories.push(o);
    const error = o.op === 'history' ? hub.historyError(o) : null;
    if (error) return this.say({ re, error });
    if (o.op === 'here') return this.say({ re, ok: true, room: o.room, count: hub.people.length, visitors: 0, people: hub.people });
    if (typeof o.cid === 'string') return this.change(o);
    hub.asked.push(o);
    const handled = hub.core.handle(this.who, o);
    const { ok, error: refused } = handled ?? hub.answer(o);
    this.say({ re, ok: true, ...ok, ...(refused ? { ok: false, error: refused } : {}) });
    for (const effect of handled?.effects ?? []) hub.effect(effect, this);
    return undefined;
  }

  private hello(o: Json): void {
    const { hub } = this;
    hub.hellos.push(o);
    const error = hub.helloError(o);
    if (error) return this.say({ re: o.id, error });
    this.welcome = true;
    const rooms = hub.core.roomsOf(this.who.id);
    this.say({
      re: o.id,
      ok: true,
      you: { id: this.who.id, name: o.name ?? 'Guest 4821', client: 'c' },
      token: 't'.repeat(43),
      limits: hub.core.limits,
      heartbeat_ms: 30_000,
      build: hub.build,
      server: hub.server,
      rooms: rooms.map((r) => hub.core.info(r, this.who.id)),
    });
    const cursors = o.cursors as Record<string, { seq: number; mid?: string }>;
    for (const room of rooms) {
      const cursor = cursors[room.id];
      for (const event of cursor ? hub.core.replay(room, cursor) : []) this.say(event);
    }
    return this.say({ ev: 'ready' });
  }

  private change(o: Json): void {
    const { hub } = this;
    hub.changes.push(o);
    const fate = hub.fate(o);
    if (fate.cut === 'before') return this.cut(1006);
    if (fate.error) return this.say({ re: o.id, error: fate.error });
    const handled: Handled = hub.core.handle(this.who, o) ?? { effects: [], ...hub.answer(o) };
    const { ok, error, effects } = handled;
    const reply = { re: o.id, ...(error ? { error } : { ok: true, ...ok }) };
    if (fate.cut === 'after') return this.cut(1006);
    if (effects.length === 0) return this.say(reply);
    if (fate.replyFirst) this.say(reply);
    for (const effect of effects) hub.effect(effect, this);
    if (fate.cut === 'between') setTimeout(() => this.cut(1006), hub.latency() + 1);
    else if (!fate.replyFirst) this.say(reply);
    return undefined;
  }
}

/** Mulberry32: small, and the same everywhere for the same seed. */
export function seeded(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
