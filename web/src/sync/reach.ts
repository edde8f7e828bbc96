// Brings what this window lacks: pages of history for the logs, and who is in a room.

import { hereOf, pageOf } from '../proto/decode';
import type { ErrorBody, HistoryQuery, Page } from '../proto/v1';
import { errorOf, open, type Core } from './core';
import { Pager, type Want } from './pager';
import type { Room } from './room';

/** Who is in a large room is asked at most this often. */
const WHO_MS = 10_000;
/** Messages of one page. */
const PAGE = 50;
/** As many rooms hold messages; the others are read anew when they are opened. */
const HOLDING = 20;
/** A page that is older than what happened since is asked for again, this often. */
const TRIES = 3;

type Answered = { page: Page } | { error: ErrorBody };

export class Reach {
  private readonly pager: Pager;
  private askTimer: ReturnType<typeof setTimeout> | undefined;
  /** The rooms that were open, the last one first. */
  private opened: string[] = [];

  constructor(
    private readonly core: Core,
    /** The open room holds more than before. */
    private readonly came: () => void,
  ) {
    this.pager = new Pager({
      queryOf: (want) => this.queryOf(want),
      send: (want, query, done) => this.history(want.room, want.limit ?? PAGE, query, done),
      take: (page) => this.take(page),
    });
  }

  stop(): void {
    clearTimeout(this.askTimer);
    this.askTimer = undefined;
    this.pager.shut();
  }

  shut(): void {
    this.pager.shut();
  }

  ready(): void {
    this.pager.open();
    for (const room of this.core.rooms.values()) room.asked = false;
    this.enter();
  }

  forget(room: string): void {
    this.pager.forget(room);
  }

  /** Brings what the open room lacks to be looked at. */
  enter(): void {
    const { openId } = this.core;
    const room = open(this.core);
    this.opened = [openId, ...this.opened.filter((id) => id !== openId)].slice(0, HOLDING);
    this.share();
    if (!room) return;
    room.log.setOpen(true);
    const gap = room.log.gapNearEnd(PAGE);
    if (gap) this.pager.want({ room: openId, seq: gap.last }, true);
    this.came();
    if (!room.asked) this.askWho(room);
  }

  /** Somebody looks at a gap of the open room, or soon will. */
  fill(seq: number): void {
    this.pager.want({ room: this.core.openId, seq }, true);
  }

  /** Brings a message, wherever it is, with those around it. */
  fetch(seq: number): void {
    this.pager.want({ room: this.core.openId, seq, query: { around: seq } }, true);
  }

  /** A message that another one answers, and nothing around it. */
  quoted(seq: number): void {
    this.pager.want({ room: this.core.openId, seq, query: { before: seq + 1 }, limit: 1 }, false);
  }

  /** Brings what was said at that time in the open room; the seq of the first event of that time or later. */
  date(ms: number, tries = TRIES): Promise<number | { error: ErrorBody }> {
    const room = this.core.openId;
    return new Promise((resolve) => {
      const sent = this.history(room, PAGE, { at: ms }, (result) => {
        if ('error' in result) resolve(result);
        else if (this.take(result.page)) resolve(result.page.at ?? result.page.events[0]?.seq ?? result.page.last);
        else if (tries > 1) resolve(this.date(ms, tries - 1));
        else resolve({ error: { code: 'busy', message: '' } });
      });
      if (!sent) resolve({ error: { code: 'closed', message: '' } });
    });
  }

  /** A large room has changed: who is in it is asked again, but seldom. */
  askLater(): void {
    this.askTimer ??= setTimeout(() => {
      this.askTimer = undefined;
      const room = open(this.core);
      if (room) this.askWho(room);
    }, WHO_MS);
  }

  /** The rooms that were open last, and then those where something happened last, hold messages; the rest none. */
  share(): void {
    const { rooms } = this.core;
    if (rooms.size <= HOLDING) return;
    const byTime = [...rooms].toSorted(([, a], [, b]) => b.info.ts - a.info.ts).map(([id]) => id);
    const ranked = [...new Set([...this.opened, ...byTime])].filter((id) => rooms.has(id));
    const holding = new Set(ranked.slice(0, HOLDING));
    for (const [id, room] of rooms) if (id !== this.core.openId) room.log.setHeld(holding.has(id));
  }

  private askWho(room: Room): void {
    room.asked = this.core.request({ op: 'here', room: room.info.id }, (reply) => {
      const event = 'body' in reply ? hereOf(reply.body) : null;
      if (event) room.here(event);
      else room.asked = false;
      this.core.changed();
    });
  }

  private queryOf({ room: id, seq, query }: Want): HistoryQuery | null {
    const log = this.core.rooms.get(id)?.log;
    const gap = log?.gapAt(seq);
    return log && gap ? (query ?? log.query(gap)) : null;
  }

  private history(room: string, limit: number, query: HistoryQuery, done: (result: Answered) => void): boolean {
    const most = Math.min(limit, this.core.limits.page);
    return this.core.request({ op: 'history', room, limit: most, ...query }, (reply) => {
      const page = 'body' in reply ? pageOf(reply.body) : null;
      done(page ? { page } : { error: errorOf(reply) });
    });
  }

  private take(page: Page): boolean {
    const room = this.core.rooms.get(page.room);
    if (!room) return true;
    const taken = room.log.page(page);
    this.came();
    this.core.changed();
    return taken;
  }
}
