// How far each room was read, where the line "new" stands, and telling the server. The server's mark only goes forward;
// "unread from here" is this window's own.

import { readOf, unreadOf } from '../proto/decode';
import { open, type Core } from './core';
import type { Room } from './room';

/** Read marks are told together. */
const READ_MS = 300;

export class Marks {
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** Moved here, and not told to anybody yet. */
  private due = new Map<string, number>();

  constructor(
    private readonly core: Core,
    /** The mark of a room was moved here. */
    private readonly moved: (room: string, seq: number) => void,
  ) {}

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  /** The mark moves only while somebody looks at the end. */
  seen(): void {
    const room = open(this.core);
    if (!room || room.stale || room.held !== null || !room.placed || !this.core.active || room.log.pivot !== Infinity) return;
    if (room.log.gapAt(room.log.last)) return;
    this.read(this.core.openId, room);
  }

  /** The room is looked at from now on. */
  entered(room: Room): void {
    if (room.held !== null) {
      room.setLine(room.held);
      room.hold(null);
    } else room.setLine(room.unread > 0 ? room.read + 1 : null);
    // Where one is brought in it, and so what one sees of it, is known only when it is drawn.
    room.placed = room.unreadFrom === null;
  }

  /** The room is looked at no more. What was marked as unread stays so until one comes back. */
  left(room: Room): void {
    room.setLine(null);
  }

  /** Somebody else has said something: what comes while nobody looks is new when they look again. */
  said(room: Room, seq: number, before: number): void {
    if (room === open(this.core) && !this.core.active && before === 0) room.setLine(seq);
  }

  /** Unread from there, until one comes back to the room or says that it is read. */
  unreadFrom(seq: number): void {
    const room = open(this.core);
    if (!room) return;
    room.setLine(seq);
    room.hold(seq);
    this.core.changed();
  }

  /** Everything in it is read, wherever one looks. */
  all(id: string): void {
    const room = this.core.rooms.get(id);
    if (!room) return;
    room.hold(null);
    room.setLine(null);
    this.read(id, room);
    this.core.changed();
  }

  everything(): void {
    for (const id of this.core.rooms.keys()) this.all(id);
  }

  /** Tells what has not been told yet. */
  tell(): void {
    if (this.core.phase.at !== 'ready') return;
    for (const [id, room] of this.core.rooms) {
      if (room.read <= room.readTold) continue;
      room.readTold = room.read;
      this.core.request({ op: 'read', room: id, seq: room.read }, (reply) => {
        const stands = 'body' in reply ? readOf(reply.body) : null;
        if (stands === null || !('body' in reply)) return;
        room.readTo(stands, unreadOf(reply.body));
        this.core.changed();
      });
    }
  }

  private read(id: string, room: Room): void {
    const { last } = room.log;
    if (room.read >= last) return;
    room.readTo(last);
    this.due.set(id, last);
    this.core.changed();
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      for (const [moved, seq] of this.due) this.moved(moved, seq);
      this.due.clear();
      this.tell();
    }, READ_MS);
  }
}
