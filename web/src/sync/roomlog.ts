// What this window knows of one room, in order: the kept events by seq, between them what is not known (gaps), and what
// passed by in between (notices). From 1 to `last` every seq is in exactly one place: it is held, it was folded into
// something held, or it lies in a gap. Pages of history fill gaps, so that old pages and the live tail join by themselves.
// Pure: no clock, no page, no socket.
//
// Entries carry absolute indexes: the entry at `entries[i]` has the index `base + i`. Whoever reads says at which index
// (`pivot`); what is inserted or dropped before it moves `base`, what changes after it moves `end`, so the index of what is
// being read never changes. Entries are never changed in place, only replaced, so that a drawn row can be compared by
// identity.

import type { Cursor, HistoryQuery, KeptEvent, Page, Standing } from '../proto/v1';
import { happeningOf, means, messageOf, shown, type Entry, type Gap, type Happening, type Message, type Notice } from './entries';
import { folded, type Folds } from './fold';

/** The most entries that an open room holds, and one that is not. */
export const KEEP_OPEN = 2000;
export const KEEP_AWAY = 200;
/** Dropped in batches, not one by one. */
const BATCH = 50;
/** The newest ones, which stay when something is dropped between them and somebody who reads far back. */
const TAIL = 100;
/** How many changes to messages are remembered for pages that were read a little earlier than they arrive. */
const JOURNAL = 1000;
/** How many comings and goings one condensed notice remembers. */
const NOTICE_KEEP = 60;

export type { Entry, Gap, Happening, Message, Notice, Notices } from './entries';

/** What of a log outlives the page: its newest entries, and where it stood. */
export interface Dump {
  last: number;
  mid: string;
  entries: readonly (Message | Happening | Gap)[];
}

export class RoomLog {
  entries: Entry[] = [];
  base = 0;
  /** The cursor: the last kept event that is known of. */
  last = 0;
  mid = '0';
  /** Absolute index of what is being read; Infinity at the end. */
  pivot = Infinity;
  /** Grows with each change. */
  version = 0;
  /** Grows when the room began anew. */
  epoch = 0;
  private keep = KEEP_AWAY;
  private journal: Folds[] = [];
  /** The journal is complete after this seq. */
  private journalFrom = 0;
  private made = 0;

  /** `me` is the person whose messages are one's own. The room stands at `head`; nothing of it is held. */
  constructor(
    private readonly me: string,
    head = 0,
    mid = '0',
  ) {
    this.begin(head, mid);
  }

  get end(): number {
    return this.base + this.entries.length;
  }

  get cursor(): Cursor {
    return { seq: this.last, mid: this.mid };
  }

  at(index: number): Entry | undefined {
    return this.entries[index - this.base];
  }

  /** The server could not continue from our cursor: everything is forgotten, and the room goes on from `head`. */
  reset(head: number, mid: string): void {
    this.epoch++;
    this.begin(head, mid);
  }

  /** An open room holds more than the others. */
  setOpen(open: boolean): void {
    const keep = open ? KEEP_OPEN : KEEP_AWAY;
    // Said again, as after each new connection, it changes nothing about where one reads.
    if (keep !== this.keep) this.pivot = Infinity;
    this.keep = keep;
    this.trim();
  }

  /** A room that was not looked at for long holds nothing: what is in it is read again when it is opened. */
  setHeld(held: boolean): void {
    this.keep = held ? Math.max(this.keep, KEEP_AWAY) : 0;
    this.trim();
  }

  /**
   * The next kept event. `known`: it was here already. `skipped`: others are missing before it, which the protocol says
   * does not happen; it is not taken, since a change to a message may be among them.
   */
  apply(event: KeptEvent): 'applied' | 'known' | 'skipped' {
    if (event.seq <= this.last) return 'known';
    if (event.seq > this.last + 1) return 'skipped';
    this.last = event.seq;
    this.mid = event.mid;
    this.version++;
    switch (event.ev) {
      case 'other':
        break;
      case 'edit':
      case 'delete':
      case 'react':
      case 'unreact':
        this.fold(event);
        break;
      case 'pin':
      case 'unpin':
        this.fold(event);
        this.push(this.entryOf(event, event.seq));
        break;
      default:
        if (shown(event)) this.push(this.entryOf(event, event.seq));
    }
    return 'applied';
  }

  /**
   * A page of history. False when it was read so long ago that changes which it lacks are not remembered any more: then
   * it is not taken, and has to be asked for again.
   */
  page(page: Page): boolean {
    if (page.head < this.journalFrom) return false;
    this.version++;
    for (const event of page.events) this.renew(event, page.head);
    // A page of nothing, after the end of the room, says nothing about any gap.
    if (page.last < page.first) return true;
    // What is beyond the cursor lies in no gap, and is not taken: it comes by itself.
    for (let i = this.entries.length - 1; i >= 0; i--) {
      const gap = this.entries[i];
      if (gap?.kind === 'gap' && page.first <= gap.last && gap.seq <= page.last) this.fill(i, gap, page);
    }
    this.trim();
    return true;
  }

  notice(notice: Notice): void {
    this.version++;
    const end = this.entries.at(-1);
    if (end?.kind === 'notices') {
      const items = [...end.items, notice].slice(-NOTICE_KEEP);
      this.entries[this.entries.length - 1] = { ...end, items };
    } else {
      this.push({ kind: 'notices', key: this.name('notices'), seq: this.last, items: [notice] });
    }
  }

  /** The message with this seq, if it is held. */
  find(seq: number): Message | undefined {
    const entry = this.entries[this.indexOf(seq)];
    return entry?.kind === 'message' && entry.seq === seq ? entry : undefined;
  }

  /** Whether one's own message with this cid is held. */
  holds(cid: string): boolean {
    return this.entries.some((e) => e.key === cid);
  }

  /** The absolute index of the message with this seq. */
  indexOfMessage(seq: number): number | null {
    return this.find(seq) ? this.base + this.indexOf(seq) : null;
  }

  /** The gap in which this seq lies. */
  gapAt(seq: number): Gap | undefined {
    const entry = this.entries[this.indexOf(seq)];
    return entry?.kind === 'gap' && seq <= entry.last ? entry : undefined;
  }

  /** The last gap, if it lies among the newest `count` entries. */
  gapNearEnd(count: number): Gap | undefined {
    return this.entries.slice(-count).findLast((e): e is Gap => e.kind === 'gap');
  }

  /** How to ask for what is missing there, beginning where it is read. */
  query(gap: Gap): HistoryQuery {
    const index = this.base + this.entries.indexOf(gap);
    return index >= this.pivot && gap.seq > 1 ? { after: gap.seq - 1 } : { before: gap.last + 1 };
  }

  /**
   * How many messages of others there are after `read`, and how many of them mean me, deleted ones too: the server counts
   * as they come. Null when not all of it is held.
   */
  after(read: number): { unread: number; mentions: number } | null {
    const count = { unread: 0, mentions: 0 };
    for (let i = this.entries.length - 1; i >= 0; i--) {
      const entry = this.entries[i] as Entry;
      if (entry.kind === 'gap') {
        if (entry.last > read) return null;
        break;
      }
      if (entry.seq <= read) break;
      if (entry.kind !== 'message' || entry.mine) continue;
      count.unread++;
      if (means(entry, this.me)) count.mentions++;
    }
    return count;
  }

  /** What was said before this time is gone. False: nothing of it was held. */
  forget(before: number): boolean {
    const old = this.entries.findLastIndex((e) => (e.kind === 'message' || e.kind === 'happening') && e.ts < before);
    if (old < 0) return false;
    this.version++;
    this.cut(0, old + 1);
    return true;
  }

  /** The newest entries, to be kept elsewhere: messages and what happened, as many as `most`. */
  dump(most: number): Dump {
    const kept = this.entries.filter((e) => e.kind !== 'notices').slice(-most);
    const first = kept[0];
    const before = first && first.seq > 1 && first.kind !== 'gap' ? first.seq - 1 : 0;
    const gap: Gap[] = before > 0 ? [{ kind: 'gap', key: '', seq: 1, last: before }] : [];
    if (first?.kind === 'gap') kept[0] = { ...first, seq: 1 };
    return { last: this.last, mid: this.mid, entries: [...gap, ...kept] };
  }

  /** What was dumped once; the room goes on from there. */
  restore({ last, mid, entries }: Dump): void {
    this.begin(last, mid);
    this.entries = entries.map((e) => ({ ...e, key: this.keyAgain(e) }));
  }

  private begin(head: number, mid: string): void {
    this.version++;
    this.base = 0;
    this.last = head;
    this.mid = mid;
    this.pivot = Infinity;
    this.journal = [];
    this.journalFrom = head;
    this.entries = head > 0 ? [{ kind: 'gap', key: this.name('gap'), seq: 1, last: head }] : [];
  }

  private entryOf(event: Standing, asOf: number): Message | Happening {
    const mine = event.from.id === this.me;
    // Mine keep their cid as key, so that the row that was pending is the row that was sent. Not those of others: they
    // could bear the same one.
    const key = mine && event.cid ? event.cid : `${this.epoch}:${event.seq}`;
    if (event.ev === 'message') return messageOf(event, key, mine, asOf);
    return happeningOf(event, key);
  }

  private fold(event: Folds): void {
    this.journal.push(event);
    if (this.journal.length > JOURNAL) {
      const gone = this.journal.splice(0, JOURNAL / 2);
      this.journalFrom = gone.at(-1)?.seq ?? this.journalFrom;
    }
    const i = this.indexOf(event.target);
    const entry = this.entries[i];
    if (entry?.kind === 'message' && entry.seq === event.target) this.entries[i] = folded(entry, event);
  }

  /** The page may know more of a message than we do. */
  private renew(event: Standing, head: number): void {
    if (event.ev !== 'message' || head <= this.last) return;
    const i = this.indexOf(event.seq);
    const entry = this.entries[i];
    if (entry?.kind !== 'message' || entry.seq !== event.seq || head <= entry.asOf) return;
    this.entries[i] = messageOf(event, entry.key, entry.mine, head);
  }

  private fill(i: number, gap: Gap, page: Page): void {
    const first = Math.max(gap.seq, page.first);
    const last = Math.min(gap.last, page.last);
    const parts: Entry[] = [];
    if (gap.seq < first) parts.push({ ...gap, last: first - 1 });
    for (const event of page.events) {
      if (event.seq < first || event.seq > last || !shown(event)) continue;
      let entry = this.entryOf(event, page.head);
      for (const late of this.journal) {
        if (entry.kind === 'message' && late.target === entry.seq) entry = folded(entry, late);
      }
      parts.push(entry);
    }
    if (last < gap.last) {
      const key = gap.seq < first ? this.name('gap') : gap.key;
      parts.push({ ...gap, key, seq: last + 1 });
    }
    this.splice(i, 1, parts);
  }

  /** The place of the last entry that begins at or before `seq` and is not just a notice; -1 when there is none. */
  private indexOf(seq: number): number {
    let lo = -1;
    let hi = this.entries.length - 1;
    while (lo < hi) {
      const mid = (lo + hi + 1) >> 1;
      if ((this.entries[mid] as Entry).seq <= seq) lo = mid;
      else hi = mid - 1;
    }
    while (lo >= 0 && this.entries[lo]?.kind === 'notices') lo--;
    return lo;
  }

  private splice(i: number, count: number, items: readonly Entry[]): void {
    if (this.base + i < this.pivot) this.base -= items.length - count;
    this.entries.splice(i, count, ...items);
  }

  private push(entry: Entry): void {
    this.entries.push(entry);
    this.trim();
  }

  /** Drops what is farthest from where one reads. */
  private trim(): void {
    const size = this.entries.length;
    if (this.keep === 0) return this.empty();
    if (size <= this.keep) return undefined;
    const over = size - this.keep + BATCH;
    const reading = this.pivot - this.base;
    if (reading > this.keep / 2) return this.cut(0, over);
    return this.cut(size - TAIL - over, over);
  }

  /** Nothing is held, and the gap grows with the room. */
  private empty(): void {
    const [only] = this.entries;
    if (only?.kind === 'gap' && this.entries.length === 1 && only.last === this.last) return;
    if (this.entries.length === 0) return;
    this.version++;
    this.splice(0, this.entries.length, [{ kind: 'gap', key: this.name('gap'), seq: 1, last: this.last }]);
  }

  /** Turns entries into a gap, together with the gaps at its sides. */
  private cut(from: number, count: number): void {
    if (count <= 0) return;
    let i = from;
    let end = from + count;
    if (this.entries[i - 1]?.kind === 'gap') i--;
    if (this.entries[end]?.kind === 'gap') end++;
    const before = this.entries.slice(0, i).findLast((e) => e.kind !== 'notices');
    const after = this.entries.slice(end).find((e) => e.kind !== 'notices');
    const seq = before ? (before.kind === 'gap' ? before.last : before.seq) + 1 : 1;
    const last = after ? after.seq - 1 : this.last;
    const key = this.entries.slice(i, end).find((e) => e.kind === 'gap')?.key ?? this.name('gap');
    this.splice(i, end - i, seq <= last ? [{ kind: 'gap', key, seq, last }] : []);
  }

  /** Keys of one's own messages are their cids; all others are this log's own. */
  private keyAgain(entry: Entry): string {
    if (entry.kind === 'gap') return this.name('gap');
    return entry.key.includes(':') ? `${this.epoch}:${entry.seq}` : entry.key;
  }

  private name(kind: string): string {
    return `${kind}:${this.epoch}:${this.made++}`;
  }
}
