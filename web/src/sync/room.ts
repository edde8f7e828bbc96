// One room as this window knows it: its log, who is in it, how far it was read. Pure but for the time handed in.

import type { Listed, PresenceEvent, RenamedEvent, RoomInfo, From } from '../proto/v1';
import type { Pending } from './outbox';
import { nobody, present, renamed, type People } from './people';
import { RoomLog } from './roomlog';

/** How long somebody is said to be typing after a sign of it. */
export const TYPING_MS = 5000;

export interface RoomView extends Listed {
  unread: number;
  log: RoomLog;
  people: People;
  typing: readonly string[];
  pending: readonly Pending[];
}

export class Room {
  log: RoomLog;
  people: People;
  /** Whether the names in `people` were ever asked for. */
  asked = false;
  read: number;
  /** The read mark as the server knows it. */
  readTold: number;
  private typing = new Map<string, { name: string; until: number }>();
  private counted = { version: -1, read: -1, unread: 0 };

  constructor(
    public info: RoomInfo,
    me: string,
  ) {
    this.log = new RoomLog(me, info.head, info.mid);
    this.people = { ...nobody, count: info.count, visitors: info.visitors };
    this.read = this.readTold = info.read;
  }

  /** The server says again how things stand; the log goes on from its cursor. */
  restate(info: RoomInfo): void {
    this.info = info;
    this.people = { ...this.people, count: info.count, visitors: info.visitors };
    this.readTold = info.read;
    this.read = Math.max(this.read, info.read);
  }

  present(event: PresenceEvent): void {
    this.people = present(this.people, event);
    if (event.state === 'offline') this.typing.delete(event.from.id);
  }

  renamed(event: RenamedEvent): void {
    this.people = renamed(this.people, event);
  }

  types({ id, name }: From, now: number): void {
    this.typing.set(id, { name, until: now + TYPING_MS });
  }

  /** They said it, or thought better of it. */
  typed(id: string): void {
    this.typing.delete(id);
  }

  /** When the next of those who type is forgotten; null when nobody types. */
  forgetTyping(now: number): number | null {
    let next: number | null = null;
    for (const [id, { until }] of this.typing) {
      if (until <= now) this.typing.delete(id);
      else next = Math.min(next ?? until, until);
    }
    return next;
  }

  view(pending: readonly Pending[]): RoomView {
    const { id, name, kind, topic } = this.info;
    const typing = [...this.typing.values()].map((t) => t.name);
    const own = pending.filter((p) => p.room === id);
    return { id, name, kind, topic, unread: this.unread(), log: this.log, people: this.people, typing, pending: own };
  }

  private unread(): number {
    const { version } = this.log;
    if (this.counted.version !== version || this.counted.read !== this.read) {
      this.counted = { version, read: this.read, unread: this.log.unread(this.read) };
    }
    return this.counted.unread;
  }
}
