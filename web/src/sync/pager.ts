// Fetches what the logs lack, one page at a time, so that a person in many rooms does not flood the server. What is wanted
// is looked up again when its turn comes: by then it may be there already.

import type { ErrorBody, HistoryQuery, Page } from '../proto/v1';
import { passes, waitOf } from './outbox';

export interface Want {
  room: string;
  /** What one would see if it were there. */
  seq: number;
  /** Its own words for it; otherwise the log says how to ask for the gap. */
  query?: HistoryQuery;
  limit?: number;
}

export interface PagerUser {
  /** How to ask for it; null when nothing is missing there. */
  queryOf(want: Want): HistoryQuery | null;
  /** False when there is nothing to send it on. */
  send(want: Want, query: HistoryQuery, done: (result: { page: Page } | { error: ErrorBody }) => void): boolean;
  /** False when the page came too late and has to be asked for again. */
  take(page: Page): boolean;
}

/** A page that is refused for its age this often in a row is given up; whoever looks there asks again. */
const TRIES = 5;

export class Pager {
  private queue: (Want & { tries: number })[] = [];
  private ready = false;
  private turn = 0;
  private busy = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly user: PagerUser) {}

  /** `first`: somebody is looking there. */
  want(want: Want, first: boolean): void {
    const known = this.queue.some((w) => w.room === want.room && w.seq === want.seq);
    if (known) return;
    if (first) this.queue.unshift({ ...want, tries: 0 });
    else this.queue.push({ ...want, tries: 0 });
    this.pump();
  }

  open(): void {
    this.ready = true;
    this.pump();
  }

  shut(): void {
    this.ready = false;
    this.busy = false;
    this.turn++;
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  forget(room: string): void {
    this.queue = this.queue.filter((w) => w.room !== room);
  }

  private pump(): void {
    while (this.ready && !this.busy && this.timer === undefined) {
      const want = this.queue[0];
      if (!want) return;
      const query = this.user.queryOf(want);
      if (query === null) {
        this.queue.shift();
        continue;
      }
      this.busy = true;
      const turn = ++this.turn;
      const sent = this.user.send(want, query, (result) => {
        if (turn === this.turn) this.answered(want, result);
      });
      if (!sent) this.shut();
    }
  }

  private answered(want: Want & { tries: number }, result: { page: Page } | { error: ErrorBody }): void {
    this.busy = false;
    this.turn++;
    if ('error' in result && passes(result.error)) {
      this.timer = setTimeout(() => {
        this.timer = undefined;
        this.pump();
      }, waitOf(result.error));
      return;
    }
    const taken = 'error' in result || this.user.take(result.page) || ++want.tries >= TRIES;
    if (taken) this.queue = this.queue.filter((w) => w !== want);
    this.pump();
  }
}
