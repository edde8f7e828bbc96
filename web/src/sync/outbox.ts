// What the person has said and the server has not yet confirmed, in the order in which it was said.
//
// One post is under way at a time: were several, one refused for its rate would be overtaken by the next, and the order
// in the room would not be the order of the typing. A post that was under way when the connection broke is sent again
// with the same cid, and the server says it only once.

import type { ErrorBody, PostReply } from '../proto/v1';

export interface Pending {
  cid: string;
  text: string;
  ts: number;
  state: 'queued' | 'sending' | 'failed';
  error?: ErrorBody;
  /** The server has it; its event has not come yet. */
  ack?: PostReply;
}

export type PostResult = { ok: PostReply } | { error: ErrorBody };

export interface OutboxUser {
  /** Sends a post; false when there is nothing to send it on. */
  post(item: Pending, done: (result: PostResult) => void): boolean;
  acked(item: Pending, reply: PostReply): void;
  changed(): void;
}

const RETRY_MS = 1000;
const RETRY_MOST_MS = 60_000;

export class Outbox {
  items: readonly Pending[] = [];
  private ready = false;
  private sending: string | null = null;
  private turn = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly user: OutboxUser) {}

  add(item: { cid: string; text: string; ts: number }): void {
    this.set([...this.items, { ...item, state: 'queued' }]);
    this.pump();
  }

  /** The server takes posts again. */
  open(): void {
    this.ready = true;
    this.pump();
  }

  /** The connection is gone. `refused`: the server closed it for what we sent, so sending the same again would loop. */
  shut(refused: ErrorBody | null = null): void {
    this.ready = false;
    this.turn++;
    clearTimeout(this.timer);
    this.timer = undefined;
    const cid = this.sending;
    this.sending = null;
    if (cid === null) return;
    this.change(cid, (p) => (refused ? { ...p, state: 'failed', error: refused } : { ...p, state: 'queued' }));
  }

  /** An error without an id can only be about what is under way. */
  stray(error: ErrorBody): void {
    if (this.sending !== null) this.answered(this.sending, { error });
  }

  /**
   * Sends a failed one again, as the newest, which is where it stands in the list then. It keeps its cid, since the
   * server may have it in spite of all, unless the cid itself was what the server refused: then it becomes `fresh`.
   */
  retry(cid: string, fresh: string, ts: number): void {
    const item = this.items.find((p) => p.cid === cid && p.state === 'failed');
    if (!item) return;
    const kept = item.error?.code === 'cid_reuse' ? fresh : cid;
    const again: Pending = { cid: kept, text: item.text, ts, state: 'queued' };
    this.set([...this.items.filter((p) => p !== item), again]);
    this.pump();
  }

  /** The event came, or the person gave the message up. */
  remove(cid: string): boolean {
    const rest = this.items.filter((p) => p.cid !== cid);
    if (rest.length === this.items.length) return false;
    this.set(rest);
    return true;
  }

  private pump(): void {
    if (!this.ready || this.sending !== null || this.timer !== undefined) return;
    const next = this.items.find((p) => p.state === 'queued');
    if (!next) return;
    const turn = ++this.turn;
    this.sending = next.cid;
    this.change(next.cid, (p) => ({ ...p, state: 'sending' }));
    const sent = this.user.post(next, (result) => {
      if (turn === this.turn) this.answered(next.cid, result);
    });
    if (!sent) this.shut();
  }

  private answered(cid: string, result: PostResult): void {
    this.sending = null;
    this.turn++;
    if ('ok' in result) {
      this.change(cid, (p) => ({ ...p, ack: result.ok }));
      const item = this.items.find((p) => p.cid === cid);
      if (item) this.user.acked(item, result.ok);
    } else if (passes(result.error)) {
      this.change(cid, (p) => ({ ...p, state: 'queued' }));
      const wait = Math.min(result.error.retry_ms ?? RETRY_MS, RETRY_MOST_MS);
      this.timer = setTimeout(() => {
        this.timer = undefined;
        this.pump();
      }, wait);
    } else {
      this.change(cid, (p) => ({ ...p, state: 'failed', error: result.error }));
    }
    this.pump();
  }

  private change(cid: string, to: (item: Pending) => Pending): void {
    this.set(this.items.map((p) => (p.cid === cid ? to(p) : p)));
  }

  private set(items: readonly Pending[]): void {
    this.items = items;
    this.user.changed();
  }
}

function passes(error: ErrorBody): boolean {
  return error.code === 'rate_limited' || error.code === 'busy';
}
