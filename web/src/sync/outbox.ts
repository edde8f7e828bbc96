// What the person has done and the server has not yet confirmed, in the order in which it was done.
//
// In each room one change is under way at a time: were there several, one refused for its rate would be overtaken by the
// next, and the order in the room would not be the order of the typing. A change that was under way when the connection
// broke is sent again with the same cid, and the server does it only once. So is one that comes from the shelf, of a page
// that is no more.

import type { Change, ErrorBody, KeptReply } from '../proto/v1';
import type { Attachment } from './uploading';

export interface Pending {
  cid: string;
  /** Empty for a room that is still to be made. */
  room: string;
  change: Change;
  ts: number;
  /** Its place among all that wait: larger is later. */
  order: number;
  /** uploading: it waits for its files, and what was said after it in this room waits, too. */
  state: 'uploading' | 'queued' | 'sending' | 'failed';
  /** Why it failed, or what it waits for. */
  error?: ErrorBody;
  /** It is on disk with this seq; its event has not come yet. */
  acked?: number;
  attachments?: readonly Attachment[];
  /** It is another tab's, which sends it. */
  elsewhere?: true;
}

export type Result = { ok: KeptReply } | { error: ErrorBody };
export type Done = (result: Result) => void;

export interface OutboxUser {
  /** Sends a change; false when there is nothing to send it on. */
  send(item: Pending, done: Done): boolean;
  /** Sends the files of a change; told again whenever the way is free again. */
  upload(item: Pending): void;
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
const PASSING = new Set(['rate_limited', 'busy', 'disk_full', 'slow_mode']);

/** Whether waiting helps. */
export const passes = (error: ErrorBody): boolean => PASSING.has(error.code);
export const waitOf = (error: ErrorBody): number => Math.min(error.retry_ms ?? RETRY_MS, RETRY_MOST_MS);

const lacks = (attachments: readonly Attachment[] = []): boolean => attachments.some((a) => a.id === undefined);

/** As it was before anything became of it. */
function fresh({ cid, room, change, ts, order, attachments }: Pending): Pending {
  const state = lacks(attachments) ? 'uploading' : 'queued';
  return { cid, room, change, ts, order, state, ...(attachments ? { attachments } : {}) };
}

function withoutId(file: Attachment): Attachment {
  const bare = { ...file };
  delete bare.id;
  return bare;
}

const noReply: object = { reply_to: undefined };

/**
 * Files that waited too long for their message are gone from the server, and have to be sent again. What was to be answered
 * may be gone, too: then what one has to say goes without it.
 */
function sentAnew(item: Pending): Pending {
  const code = item.error?.code;
  if (code === 'no_message') return { ...item, change: { ...item.change, ...noReply } };
  if (code !== 'no_file' || !item.attachments) return item;
  return { ...item, attachments: item.attachments.map(withoutId) };
}

export class Outbox {
  items: readonly Pending[] = [];
  private ready = false;
  private turn = 0;
  private lastOrder = 0;
  private lanes = new Map<string, Lane>();
  private timers = new Map<string, ReturnType<typeof setTimeout>>();
  /** Who waits for the end of a change: such a change is never shown as failed, since its asker tells. */
  private waiting = new Map<string, Done>();

  constructor(private readonly user: OutboxUser) {}

  add(item: Pick<Pending, 'cid' | 'room' | 'change' | 'ts' | 'attachments'>, done?: Done): void {
    if (done) this.waiting.set(item.cid, done);
    const made = fresh({ ...item, order: this.nextOrder(item.ts), state: 'queued' });
    this.set([...this.items, made]);
    this.pump(item.room);
  }

  /** Takes over what another page, which is no more, has not sent. It goes before what was said later. */
  adopt(items: readonly Pending[]): void {
    const known = new Set(this.items.map((p) => p.cid));
    const news = items.filter((p) => !known.has(p.cid)).map((p) => (p.state === 'failed' ? p : fresh(p)));
    if (news.length === 0) return;
    this.lastOrder = Math.max(this.lastOrder, ...news.map((p) => p.order));
    this.set([...this.items, ...news].toSorted((a, b) => a.order - b.order));
    this.pumpAll();
  }

  /** Somebody else is here from now on: what waits is not theirs. */
  clear(): void {
    this.shut();
    const asked = [...this.waiting.values()];
    this.waiting.clear();
    this.set([]);
    for (const done of asked) done({ error: { code: 'closed', message: '' } });
  }

  /** Whether it can be kept for another page: nobody waits for its answer, and it is not done already. */
  lasts(item: Pending): boolean {
    return item.acked === undefined && !this.waiting.has(item.cid);
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
   * server may have it in spite of all, unless the cid itself was what the server refused: then it becomes `other`.
   */
  retry(cid: string, other: string, ts: number): void {
    const item = this.items.find((p) => p.cid === cid && p.state === 'failed');
    if (!item) return;
    const kept = item.error?.code === 'cid_reuse' ? other : cid;
    const again = fresh({ ...sentAnew(item), cid: kept, ts, order: this.nextOrder(ts) });
    this.set([...this.items.filter((p) => p !== item), again]);
    if (again.state === 'uploading' && this.ready) this.user.upload(again);
    this.pump(item.room);
  }

  /** The event came, or the person gave the change up. */
  remove(cid: string): void {
    const gone = this.items.find((p) => p.cid === cid);
    this.keepOnly((p) => p.cid !== cid);
    // It may have held its lane while its files were on their way.
    if (gone?.state === 'uploading') this.pump(gone.room);
  }

  /** One of the files of a change has an id now. */
  uploaded(cid: string, key: string, id: string): void {
    const item = this.items.find((p) => p.cid === cid);
    if (item?.state !== 'uploading') return;
    const attachments = (item.attachments ?? []).map((a) => (a.key === key ? Object.assign({}, a, { id }) : a));
    const files = attachments.map(({ id: known = '', alt }) => ({ id: known, ...(alt ? { alt } : {}) }));
    const change = lacks(attachments) ? item.change : ({ ...item.change, files } as Change);
    this.change(cid, (p) => fresh({ ...p, attachments, change }));
    this.pump(item.room);
  }

  /** Its files cannot be sent. */
  stuck(cid: string, error: ErrorBody): void {
    const item = this.items.find((p) => p.cid === cid);
    if (item?.state !== 'uploading') return;
    this.fail(cid, error);
    this.pump(item.room);
  }

  /** The room began anew: whether what was acknowledged is in it is found out by asking again, which does it only once. */
  again(room: string): void {
    if (!this.items.some((p) => p.room === room && p.acked !== undefined)) return;
    this.set(this.items.map((p) => (p.room === room && p.acked !== undefined ? fresh(p) : p)));
    this.pump(room);
  }

  /** The person is not in this room any more. */
  forget(room: string): void {
    // Who waits for an answer still gets it.
    this.keepOnly((p) => p.room !== room || this.waiting.has(p.cid));
  }

  private nextOrder(ts: number): number {
    return (this.lastOrder = Math.max(this.lastOrder + 1, ts * 1000));
  }

  private pumpAll(): void {
    if (this.ready) for (const item of this.items) if (item.state === 'uploading') this.user.upload(item);
    for (const room of new Set(this.items.map((p) => p.room))) this.pump(room);
  }

  private pump(room: string): void {
    if (!this.ready || this.lanes.has(room) || this.timers.has(room)) return;
    const next = this.items.find((p) => p.room === room && (p.state === 'queued' || p.state === 'uploading'));
    if (next?.state !== 'queued') return;
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
    else this.change(cid, (p) => ({ ...fresh(p), state: 'sending', acked: reply.seq }));
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
