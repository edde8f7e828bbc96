// One room as this window knows it: its log, who is in it, how far it was read. Pure but for the time handed in.
//
// What is drawn of it is one object, made anew only when something in the room has changed: who draws compares by identity.

import type { From, KeptEvent, Level, Listed, PresenceEvent, HereEvent, RenamedEvent, RoomInfo } from '../proto/v1';
import { settingsIn } from './entries';
import type { Pending } from './outbox';
import { here, nobody, present, renamed, type People } from './people';
import { RoomLog, type Dump } from './roomlog';

/** How long somebody is said to be typing after a sign of it. */
export const TYPING_MS = 5000;

export interface RoomView extends Listed {
  /** What it is called; a direct room by the people in it but for oneself. */
  title: string;
  peers: readonly { id: string; name: string }[];
  guests: boolean;
  default: boolean;
  archived: boolean;
  slow_ms: number;
  retention_days: number;
  /** I am a host of it. */
  host: boolean;
  level: Level;
  /** Messages of others that I have not read, and how many of them mean me. */
  unread: number;
  mentions: number;
  /** My read mark. */
  read: number;
  /** The line "new" stands before the first message of others from this seq on; null: there is none. */
  unreadFrom: number | null;
  /** When something last happened in it. */
  lastTs: number;
  /** Something is written here and not sent. */
  draft: boolean;
  log: RoomLog;
  people: People;
  /** Of those who belong to it: the last page that was asked for. */
  members: readonly Named[];
  typing: readonly string[];
  pending: readonly Pending[];
}

interface Named {
  id: string;
  name: string;
}

/** What each message changes, and hardly anybody draws. */
const PASSING = new Set(['read', 'lastTs']);

/** Whether two views of a room are the same but for that. */
export function alike(a: RoomView | null, b: RoomView | null): boolean {
  if (a === b) return true;
  if (!a || !b) return false;
  for (const key in a) {
    const name = key as keyof RoomView;
    if (a[name] !== b[name] && !PASSING.has(name)) return false;
  }
  return true;
}

const nobodyElse: RoomView['peers'] = [];
const noneTypes: RoomView['typing'] = [];

/** What of the view other parts know. */
export interface Around {
  pending: readonly Pending[];
  draft: boolean;
}

export class Room {
  readonly log: RoomLog;
  people: People;
  private members: readonly Named[] = [];
  /** Whether the names in `people` were ever asked for. */
  asked = false;
  read: number;
  /** The read mark as the server knows it. */
  readTold: number;
  unread: number;
  mentions: number;
  unreadFrom: number | null = null;
  /** It is known where one reads in it. */
  placed = true;
  /** Somebody has marked it as unread from there: nothing is read by itself until they come back or say so. */
  held: number | null = null;
  /** Known from an earlier visit only; the server has not spoken of it yet. */
  stale = false;
  /** Whether the log goes on from its cursor at the next hello. Otherwise it begins at the head, where it is another. */
  resumes = true;
  private typing = new Map<string, { name: string; until: number }>();
  /** Grows with each change that is not in the log's own version. */
  private version = 0;
  private drawn: { version: number; log: number; around: Around; view: RoomView } | null = null;

  constructor(
    public info: RoomInfo,
    private readonly me: string,
    dump?: Dump,
  ) {
    this.log = new RoomLog(me, info.head, info.mid);
    if (dump) this.log.restore(dump);
    this.people = { ...nobody, count: info.count, visitors: info.visitors };
    this.read = this.readTold = info.read;
    this.unread = info.unread;
    this.mentions = info.mentions;
  }

  /** The server says again how things stand; the log goes on from its cursor. */
  restate(info: RoomInfo): void {
    this.info = info;
    if (!this.resumes && (info.head !== this.log.last || info.mid !== this.log.mid)) this.log.reset(info.head, info.mid);
    this.stale = false;
    this.resumes = true;
    this.people = { ...this.people, count: info.count, visitors: info.visitors };
    this.readTold = info.read;
    // Read here and not told yet is further than what the server counts from.
    if (info.read >= this.read) this.counts(info.read, info.unread, info.mentions);
    this.touch();
  }

  /** What the room is changes by what happens in it. */
  kept(event: KeptEvent): void {
    // The answer to hello tells how the room stands at its head, and counts what is unread up to there.
    const news = event.seq > this.info.head;
    if ('ts' in event) this.info = { ...this.info, ts: Math.max(this.info.ts, event.ts) };
    switch (event.ev) {
      case 'message':
        this.typing.delete(event.from.id);
        if (news) this.count(event.seq, event.from.id, event.mentions_all === true || event.mentions?.includes(this.me) === true);
        break;
      case 'topic':
        if (news) this.info = { ...this.info, topic: event.text };
        break;
      case 'created':
      case 'named':
        if (news) this.info = { ...this.info, name: event.name };
        break;
      case 'settings':
        if (news) this.info = { ...this.info, ...settingsIn(event) };
        break;
      case 'host':
      case 'unhost':
        if (news && event.person.id === this.me) this.info = { ...this.info, host: event.ev === 'host' };
        break;
    }
    this.touch();
  }

  /** The mark goes forward; what is behind it is what the log holds, or else what the server counts. */
  readTo(seq: number, told?: { unread: number; mentions: number }): void {
    if (seq < this.read) return;
    const held = this.log.after(seq) ?? told ?? (seq >= this.log.last ? { unread: 0, mentions: 0 } : this);
    this.counts(seq, held.unread, held.mentions);
    this.touch();
  }

  setLevel(level: Level): void {
    this.info = { ...this.info, level };
    this.touch();
  }

  belong(members: readonly Named[]): void {
    this.members = members;
    this.touch();
  }

  /** Where the line "new" stands. */
  setLine(from: number | null): void {
    if (this.unreadFrom === from) return;
    this.unreadFrom = from;
    this.touch();
  }

  hold(from: number | null): void {
    this.held = from;
    this.touch();
  }

  here(event: HereEvent): void {
    this.people = here(this.people, event);
    this.touch();
  }

  present(event: PresenceEvent): void {
    this.people = present(this.people, event);
    if (event.state === 'offline') this.typing.delete(event.from.id);
    this.touch();
  }

  renamed(event: RenamedEvent): void {
    const { id, name } = event.from;
    this.people = renamed(this.people, event);
    const peers = this.info.peers?.map((p) => (p.id === id ? { id, name } : p));
    if (peers) this.info = { ...this.info, peers };
    this.touch();
  }

  types({ id, name }: From, now: number): void {
    this.typing.set(id, { name, until: now + TYPING_MS });
    this.touch();
  }

  /** When the next of those who type is forgotten; null when nobody types. */
  forgetTyping(now: number): number | null {
    let next: number | null = null;
    for (const [id, { until }] of this.typing) {
      if (until <= now) {
        this.typing.delete(id);
        this.touch();
      } else next = Math.min(next ?? until, until);
    }
    return next;
  }

  view(around: Around): RoomView {
    const { drawn, version } = this;
    const same = drawn && drawn.version === version && drawn.log === this.log.version;
    if (same && drawn.around.draft === around.draft && equal(drawn.around.pending, around.pending)) return drawn.view;
    const view = this.draw(around);
    this.drawn = { version, log: this.log.version, around, view };
    return view;
  }

  private draw({ pending, draft }: Around): RoomView {
    const { id, name, kind, topic, level, peers = nobodyElse } = this.info;
    const { guests = false, default: open = false, archived = false, slow_ms = 0, retention_days = 0 } = this.info;
    return {
      id,
      name,
      kind,
      topic,
      level,
      peers,
      guests,
      default: open,
      archived,
      slow_ms,
      retention_days,
      draft,
      // What has not changed in it is the same object as before.
      pending: this.drawn && equal(this.drawn.view.pending, pending) ? this.drawn.view.pending : pending,
      title: kind === 'direct' ? this.title() : name,
      host: this.info.host === true,
      ...this.shownUnread(),
      read: this.read,
      unreadFrom: this.unreadFrom,
      lastTs: this.info.ts,
      log: this.log,
      people: this.people,
      members: this.members,
      // What is archived hears no more of those who were typing.
      typing: archived || this.typing.size === 0 ? noneTypes : [...this.typing.values()].map((t) => t.name),
    };
  }

  private title(): string {
    const peers = this.info.peers ?? [];
    const others = peers.filter((p) => p.id !== this.me);
    return (others.length > 0 ? others : peers).map((p) => p.name).join(', ');
  }

  /** Marked as unread it looks unread, wherever the mark stands. */
  private shownUnread(): { unread: number; mentions: number } {
    const { unread, mentions, held } = this;
    if (held === null) return { unread, mentions };
    return this.log.after(held - 1) ?? { unread: Math.max(unread, 1), mentions };
  }

  private count(seq: number, from: string, mentioned: boolean): void {
    if (from === this.me) {
      // What one says oneself is read, and the server knows.
      this.readTold = Math.max(this.readTold, seq);
      return this.counts(Math.max(seq, this.read), 0, 0);
    }
    if (seq <= this.read) return undefined;
    return this.counts(this.read, this.unread + 1, this.mentions + Number(mentioned));
  }

  private counts(read: number, unread: number, mentions: number): void {
    this.read = read;
    this.unread = unread;
    this.mentions = mentions;
  }

  private touch(): void {
    this.version++;
  }
}

function equal(a: readonly Pending[], b: readonly Pending[]): boolean {
  return a === b || (a.length === b.length && a.every((item, i) => item === b[i]));
}
