// What the person has done and the server has not yet confirmed, in the order in which it was done.
//
// In each room one change is under way at a time: were there several, one refused for its rate would be overtaken by the
// next, and the order in the room would not be the order of the typing. A change that was under way when the connection
// broke is sent again with the same cid, and the server does it only once.

import type { Change, ErrorBody, KeptReply } from '../proto/v1';

export interface Pending {
  cid: string;
  /** Empty for a room that is still to be made. */
  room: string;
  change: Change;
  ts: number;
  state: 'queued' | 'sending' | 'failed';
  /** Why it failed, or what it waits for. */
  error?: ErrorBody;
  /** It is on disk with this seq; its event has not come yet. */
  acked?: number;
}

export type Result = { ok: KeptReply } | { error: ErrorBody };
export type Done = (result: Result) => void;

export interface OutboxUser {
  /** Sends a change; false when there is nothing to send it on. */
  send(item: Pending, done: Done): boolean;
  /** The last seq known of a room: what is acknowledged up to it has been seen. */
  lastOf(room: string): number;
  changed(): void;
}

/** One room's turn. */
interface Lane {
  cid: string;
  turn: number;
}

const RETRY_MS = 1000;
const RETRY_MOST_MS = 60_000;
const PASSING = new Set(['rate_limited', 'busy', 'disk_full']);

/** Whether waiting helps. */
export const passes = (error: ErrorBody): boolean => PASSING.has(error.code);
export const waitOf = (error: ErrorBody): number => Math.min(error.retry_ms ?? RETRY_MS, RETRY_MOST_MS);

/** Without what has become of it. */
const bare = ({ cid, room, change, ts }: Pending): Omit<Pending, 'state'> => ({ cid, room, change, ts });

export class Outbox {
  items: readonly Pending[] = [];
  private ready = false;
  private turn = 0;
  private lanes = new Map<string, Lane>();
  private timers = new Map<string, ReturnType<typeof setTimeout>>();
  /** Who waits for the end of a change: such a change is never shown as failed, since its asker tells. */
  private waiting = new Map<string, Done>();

  constructor(private readonly user: OutboxUser) {}

  add(item: { cid: string; room: string; change: Change; ts: number }, done?: Done): void {
    if (done) this.waiting.set(item.cid, done);
    this.set([...this.items, { ...item, state: 'queued' }]);
    this.pump(item.room);
  }

  /** The server takes changes again. */
  open(): void {
    this.ready = true;
    this.pumpAll();
  }

  /** The connection is gone. `refused`: the server closed it for what we sent, so sending the same again would loop. */
  shut(refused: ErrorBody | null = null): void {
    this.ready = false;
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
    const cids = [...this.lanes.values()].map((l) => l.cid);
    this.lanes.clear();
    for (const cid of cids) {
      if (refused) this.fail(cid, refused);
      else this.change(cid, (p) => ({ ...p, state: 'queued' }));
    }
  }

  /** An error without an id can only be about something under way; the oldest is the likeliest. */
  stray(error: ErrorBody): void {
    const lane = [...this.lanes].toSorted(([, a], [, b]) => a.turn - b.turn)[0];
    if (lane) this.answered(lane[0], lane[1], { error });
  }

  /**
   * Sends a failed one again, as the newest, which is where it stands in the list then. It keeps its cid, since the
   * server may have it in spite of all, unless the cid itself was what the server refused: then it becomes `fresh`.
   */
  retry(cid: string, fresh: string, ts: number): void {
    const item = this.items.find((p) => p.cid === cid && p.state === 'failed');
    if (!item) return;
    const kept = item.error?.code === 'cid_reuse' ? fresh : cid;
    this.set([...this.items.filter((p) => p !== item), { ...bare(item), cid: kept, ts, state: 'queued' }]);
    this.pump(item.room);
  }

  /** The event came, or the person gave the change up. */
  remove(cid: string): void {
    this.keepOnly((p) => p.cid !== cid);
  }

  /** The room began anew: whether what was acknowledged is in it is found out by asking again, which does it only once. */
  again(room: string): void {
    if (!this.items.some((p) => p.room === room && p.acked !== undefined)) return;
    const lost = (p: Pending): boolean => p.room === room && p.acked !== undefined;
    this.set(this.items.map((p) => (lost(p) ? { ...bare(p), state: 'queued' } : p)));
    this.pump(room);
  }

  /** The person is not in this room any more. */
  forget(room: string): void {
    // Who waits for an answer still gets it.
    this.keepOnly((p) => p.room !== room || this.waiting.has(p.cid));
  }

  private pumpAll(): void {
    for (const room of new Set(this.items.map((p) => p.room))) this.pump(room);
  }

  private pump(room: string): void {
    if (!this.ready || this.lanes.has(room) || this.timers.has(room)) return;
    const next = this.items.find((p) => p.room === room && p.state === 'queued');
    if (!next) return;
    const lane: Lane = { cid: next.cid, turn: ++this.turn };
    this.lanes.set(room, lane);
    this.change(next.cid, (p) => ({ ...p, state: 'sending' }));
    const sent = this.user.send(next, (result) => this.answered(room, lane, result));
    if (!sent) this.shut();
  }

  private answered(room: string, lane: Lane, result: Result): void {
    if (this.lanes.get(room) !== lane) return;
    this.lanes.delete(room);
    if ('ok' in result) this.kept(lane.cid, result.ok);
    else if (passes(result.error)) {
      this.change(lane.cid, (p) => ({ ...p, state: 'queued', error: result.error }));
      const again = () => {
        this.timers.delete(room);
        this.pump(room);
      };
      this.timers.set(room, setTimeout(again, waitOf(result.error)));
    } else this.fail(lane.cid, result.error);
    this.pump(room);
  }

  private kept(cid: string, reply: KeptReply): void {
    const item = this.items.find((p) => p.cid === cid);
    const done = this.waiting.get(cid);
    this.waiting.delete(cid);
    const seen = !('seq' in reply) || (item !== undefined && reply.seq <= this.user.lastOf(item.room));
    if (done || seen) this.remove(cid);
    else this.change(cid, (p) => ({ ...bare(p), state: 'sending', acked: reply.seq }));
    done?.({ ok: reply });
  }

  private fail(cid: string, error: ErrorBody): void {
    const done = this.waiting.get(cid);
    this.waiting.delete(cid);
    if (done) {
      this.remove(cid);
      done({ error });
    } else this.change(cid, (p) => ({ ...p, state: 'failed', error }));
  }

  private keepOnly(wanted: (item: Pending) => boolean): void {
    const rest = this.items.filter(wanted);
    if (rest.length < this.items.length) this.set(rest);
  }

  private change(cid: string, to: (item: Pending) => Pending): void {
    this.set(this.items.map((p) => (p.cid === cid ? to(p) : p)));
  }

  private set(items: readonly Pending[]): void {
    this.items = items;
    this.user.changed();
  }
}
