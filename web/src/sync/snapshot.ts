// What the page draws from: one immutable snapshot for each frame in which something has changed. What has not changed in
// it is the same object as before, so that who draws a part of it can tell.

import type { Phase } from '../net/socket';
import { LOBBY, type ErrorBody, type Limits } from '../proto/v1';
import type { Removal, ServerInfo, You } from './core';
import type { RoomView } from './room';

export interface Snapshot {
  phase: Phase;
  /** When the page lost (or, at first, began to seek) the connection; null while there is one. */
  seekingSince: number | null;
  /** Why the server does not let one in. */
  refused: ErrorBody | null;
  you: You;
  /** The close code with which the server has ended this session for good; null: it has not. */
  ended: number | null;
  /** Why, in the server's word: signed_out, kicked, banned. */
  endedWhy: string | null;
  limits: Limits;
  /** What moderators have set for all, what the community is called, who may make an account, what guests may do. */
  server: ServerInfo;
  /** The lobby first, the others by name. Empty before the first hello, where nothing is known from an earlier visit. */
  rooms: readonly RoomView[];
  /** The open room; null when one is not in it (yet). */
  room: RoomView | null;
  /** How much waits to be sent. */
  unsent: number;
  /** Whether anything of it would be lost with this page. */
  unsaved: boolean;
  /** The last room out of which somebody has taken me. */
  removed: Removal | null;
  /** The server's web client is newer than this page. */
  newBuild: boolean;
  /** What is shown is from an earlier visit: the server has not been heard yet. */
  remembered: boolean;
  version: number;
}

const byName = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

const rank = (room: RoomView): number => Number(room.id !== LOBBY);

/** The rooms in order. Sorted only when a room came, went or is called otherwise; the same array when nothing changed. */
export class Ordered {
  private before: readonly RoomView[] = [];
  private sorted: readonly RoomView[] = [];

  of(views: readonly RoomView[]): readonly RoomView[] {
    const { before } = this;
    if (views.length === before.length && views.every((v, i) => v === before[i])) return this.sorted;
    const same = views.length === before.length && views.every((v, i) => v.id === before[i]?.id && v.title === before[i]?.title);
    if (same) {
      const now = new Map(views.map((v) => [v.id, v]));
      this.sorted = this.sorted.map((v) => now.get(v.id) ?? v);
    } else this.sorted = views.toSorted((a, b) => rank(a) - rank(b) || byName.compare(a.title, b.title));
    this.before = views;
    return this.sorted;
  }
}

/** Tells whoever draws, once for each frame at most. */
export class Notifier {
  private scheduled = false;
  private listeners = new Set<() => void>();

  constructor(
    private readonly schedule: (run: () => void) => void,
    private readonly draw: () => void,
  ) {}

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  changed(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    this.schedule(() => this.flush());
  }

  flush(): void {
    this.scheduled = false;
    this.draw();
    for (const listener of this.listeners) listener();
  }
}
