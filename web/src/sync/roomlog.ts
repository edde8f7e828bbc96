// What this window knows of one room, in order: messages by seq, and between them what has to be said about the order
// itself (who came and went, what was missed, that the room began anew). Pure: no clock, no page, no socket.
//
// Entries carry absolute indexes: the entry at `entries[i]` has the index `base + i`, which never changes when the oldest
// are dropped. Entries are never changed in place, only replaced, so that a drawn row can be compared by identity.

import type { From, MessageEvent } from '../proto/v1';

export const KEEP = 2000;
/** How many comings and goings one condensed notice remembers. */
const NOTICE_KEEP = 60;

export interface Message {
  kind: 'message';
  key: string;
  seq: number;
  ts: number;
  from: From;
  text: string;
  mine: boolean;
}

export type Notice =
  | { what: 'joined' | 'left'; id: string; name: string }
  | { what: 'renamed'; id: string; name: string; was: string };

export interface Notices {
  kind: 'notices';
  key: string;
  items: readonly Notice[];
}

/** Messages `first` to `last` were said while this window was not connected. */
export interface Gap {
  kind: 'gap';
  key: string;
  first: number;
  last: number;
}

/** The server has lost the room; numbering begins again. */
export interface Anew {
  kind: 'anew';
  key: string;
}

export type Entry = Message | Notices | Gap | Anew;

export class RoomLog {
  entries: Entry[] = [];
  base = 0;
  /** The last seq held; null before the first hello. */
  last: number | null = null;
  private id: string | undefined;
  private epoch = 0;
  private made = 0;

  get end(): number {
    return this.base + this.entries.length;
  }

  at(index: number): Entry | undefined {
    return this.entries[index - this.base];
  }

  /** Whether the server has lost the log that this one follows: its head lies before ours, or it says so itself. */
  diverged(head: number, id?: string): boolean {
    return this.last !== null && (head < this.last || (id !== undefined && this.id !== undefined && id !== this.id));
  }

  /** The server says how far the room has come. What lies between that and what we hold is never passed over. */
  attach(head: number, id?: string): void {
    const diverged = this.diverged(head, id);
    this.id = id ?? this.id;
    if (diverged) {
      this.epoch++;
      this.push({ kind: 'anew', key: this.name('anew') });
      this.last = 0;
    }
    if (this.last !== null && head > this.last) this.pushGap(this.last + 1, head);
    this.last = head;
  }

  /** Returns false for what is already known. */
  add(event: MessageEvent, mine: boolean): boolean {
    const last = this.last ?? event.seq - 1;
    if (event.seq <= last) return this.fillGap(event, mine);
    if (event.seq > last + 1) this.pushGap(last + 1, event.seq - 1);
    this.last = event.seq;
    // An empty message of the tutorial's dialect is kept by the server and shown by nobody.
    if (event.text !== '') this.push(this.messageOf(event, mine));
    return true;
  }

  notice(notice: Notice): void {
    const end = this.entries.at(-1);
    if (end?.kind === 'notices') {
      const items = [...end.items, notice].slice(-NOTICE_KEEP);
      this.entries[this.entries.length - 1] = { ...end, items };
    } else {
      this.push({ kind: 'notices', key: this.name('notices'), items: [notice] });
    }
  }

  private messageOf(event: MessageEvent, mine: boolean): Message {
    const { seq, ts, from, text } = event;
    // Mine keep their cid as key, so that the row that was pending is the row that was sent.
    const key = mine && event.cid ? event.cid : `${this.epoch}:${seq}`;
    return { kind: 'message', key, seq, ts, from, text, mine };
  }

  private fillGap(event: MessageEvent, mine: boolean): boolean {
    const i = this.entries.findLastIndex((e) => e.kind === 'gap' && e.first <= event.seq && event.seq <= e.last);
    const gap = this.entries[i];
    // A gap from before the room began anew counts in other numbers.
    if (gap?.kind !== 'gap' || this.entries.findLastIndex((e) => e.kind === 'anew') > i) return false;
    const parts: Entry[] = [];
    if (gap.first < event.seq) parts.push({ ...gap, last: event.seq - 1 });
    if (event.text !== '') parts.push(this.messageOf(event, mine));
    if (event.seq < gap.last) parts.push({ ...gap, key: this.name('gap'), first: event.seq + 1 });
    this.entries.splice(i, 1, ...parts);
    this.trim();
    return true;
  }

  private pushGap(first: number, last: number): void {
    const end = this.entries.at(-1);
    if (end?.kind === 'gap' && end.last === first - 1) this.entries[this.entries.length - 1] = { ...end, last };
    else this.push({ kind: 'gap', key: this.name('gap'), first, last });
  }

  private push(entry: Entry): void {
    this.entries.push(entry);
    this.trim();
  }

  private trim(): void {
    const over = this.entries.length - KEEP;
    if (over <= 0) return;
    this.entries.splice(0, over);
    this.base += over;
  }

  private name(kind: string): string {
    return `${kind}:${this.made++}`;
  }
}
