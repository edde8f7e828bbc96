// A server in memory, for the tests of sync: it numbers and dedupes as the real one does, and misbehaves as told.
// Frames of one connection keep their order, as TCP keeps it; whether a reply goes before or after its event does not.

import type { Wire } from '../../src/net/socket';
import type { ErrorBody, MessageEvent } from '../../src/proto/v1';

type Json = Record<string, unknown>;

export interface Fate {
  /** Cut the connection: before the post is stored, after it but before anything is sent, between event and reply. */
  cut?: 'before' | 'after' | 'between';
  replyFirst?: boolean;
  error?: ErrorBody;
}

export class Hub {
  log: MessageEvent[] = [];
  posts: Json[] = [];
  hellos: Json[] = [];
  actives: boolean[] = [];
  build = 'one';
  /** Refuses every connection. */
  down = false;
  /** Accepts and then says nothing. */
  mute = false;
  /** Milliseconds on the way, in one direction. */
  latency: () => number = () => 5;
  fate: (post: Json) => Fate = () => ({});
  renameTo: (wish: string) => string = (wish) => wish;
  helloError: (hello: Json) => ErrorBody | null = () => null;
  lines = new Set<Line>();
  opened = 0;

  open = (): Wire => new Line(this);

  /** Somebody else says something. */
  other(text: string, from: MessageEvent['from'] = { id: 'bob', name: 'Bob' }): MessageEvent {
    const event = this.append(from, text);
    this.spread(event);
    return event;
  }

  append(from: MessageEvent['from'], text: string, cid?: string): MessageEvent {
    const seq = this.log.length + 1;
    const event: MessageEvent = { ev: 'message', room: 'lobby', seq, mid: `m${seq}`, ts: Date.now(), from, text };
    if (cid !== undefined) event.cid = cid;
    this.log.push(event);
    return event;
  }

  spread(event: object): void {
    for (const line of this.lines) if (line.welcome) line.say(event);
  }

  cutAll(code = 1006): void {
    for (const line of this.lines) line.cut(code);
  }

  /** Everything is forgotten. */
  restart(): void {
    this.cutAll(1001);
    this.log = [];
  }
}

export class Line implements Wire {
  onopen: Wire['onopen'] = null;
  onmessage: Wire['onmessage'] = null;
  onclose: Wire['onclose'] = null;
  onerror: Wire['onerror'] = null;
  welcome = false;
  private over = false;
  private upAt = 0;
  private downAt = 0;

  constructor(private readonly hub: Hub) {
    hub.opened++;
    if (hub.down) {
      setTimeout(() => this.cut(1006), 1);
      return;
    }
    hub.lines.add(this);
    setTimeout(() => !this.over && this.onopen?.(), 1);
  }

  send(text: string): void {
    this.upAt = Math.max(this.upAt, Date.now() + this.hub.latency());
    setTimeout(() => !this.over && !this.hub.mute && this.handle(JSON.parse(text) as Json), this.upAt - Date.now());
  }

  close(): void {
    this.over = true;
    this.hub.lines.delete(this);
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
    if (o.op === 'hello') this.hello(o);
    else if (o.op === 'post') this.post(o);
    else if (o.op === 'rename') this.say({ re, ok: true, name: this.hub.renameTo(o.name as string) });
    else if (o.op === 'active') {
      this.hub.actives.push(o.active as boolean);
      this.say({ re, ok: true });
    }
  }

  private hello(o: Json): void {
    const { hub } = this;
    hub.hellos.push(o);
    const error = hub.helloError(o);
    if (error) {
      this.say({ re: o.id, error });
      return;
    }
    this.welcome = true;
    const name = o.name ?? 'Guest 4821';
    this.say({
      re: o.id,
      ok: true,
      you: { id: 'me', name, client: 'c' },
      token: 't'.repeat(43),
      limits: { message_bytes: 65_536, name_chars: 40 },
      heartbeat_ms: 20_000,
      build: hub.build,
      rooms: [{ id: 'lobby', name: 'Lobby', kind: 'public', head: hub.log.length }],
    });
    const people = [{ id: 'me', name, active: true }];
    this.say({ ev: 'here', room: 'lobby', count: 1, visitors: 0, people });
    this.say({ ev: 'ready' });
  }

  private post(o: Json): void {
    const { hub } = this;
    hub.posts.push(o);
    const fate = hub.fate(o);
    if (fate.cut === 'before') return this.cut(1006);
    if (fate.error) return this.say({ re: o.id, error: fate.error });
    const known = hub.log.find((m) => m.cid === o.cid);
    const event = known ?? hub.append({ id: 'me', name: 'Me' }, o.text as string, o.cid as string);
    const { seq, mid, ts } = event;
    const reply = { re: o.id, ok: true, room: 'lobby', seq, mid, ts, dup: known !== undefined };
    if (fate.cut === 'after') return this.cut(1006);
    if (known) return this.say(reply);
    if (fate.replyFirst) this.say(reply);
    hub.spread(event);
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
