// What the server tells, put into the state: kept events into the logs of their rooms, passing ones where they belong.

import {
  LOBBY,
  type KeptEvent,
  type MessageEvent,
  type PassingEvent,
  type PresenceEvent,
  type RenamedEvent,
  type RoomInfo,
} from '../proto/v1';
import type { Core, Removal } from './core';
import { turn } from './people';
import { Room } from './room';

export interface EventsUser {
  /** One's own change has come back. */
  back(cid: string): void;
  /** Somebody has said something just now (and not while this window was away); `before`: what was unread before it. */
  said(room: Room, event: MessageEvent, before: number): void;
  /** Others are missing that the server will never repeat by itself. */
  skipped(): void;
  /** Something was added to a room, which may be the open one. */
  grown(): void;
  reset(room: Room): void;
  /** One is in this room from now on. */
  entered(room: string): void;
  left(room: string): void;
  ready(): void;
  goodbye(retryMs: number): void;
  ended(reason: string): void;
  named(name: string): void;
  /** Who is in it has to be asked. */
  crowd(room: string): void;
}

type InRoom = Extract<PassingEvent, { ev: 'reset' | 'presence' | 'here' | 'renamed' | 'typing' | 'read' | 'level' }>;

export class Events {
  private typingTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly core: Core,
    private readonly user: EventsUser,
  ) {}

  stop(): void {
    clearTimeout(this.typingTimer);
  }

  kept(event: KeptEvent): void {
    const room = this.core.rooms.get(event.room);
    if (!room) return;
    if ('from' in event && event.from.id === this.core.you.id && event.cid) this.user.back(event.cid);
    const result = room.log.apply(event);
    if (result === 'known') return;
    // Coming back with the cursor brings what is missing.
    if (result === 'skipped') return this.user.skipped();
    const before = room.unread;
    room.kept(event);
    if (event.ev === 'message' && event.from.id !== this.core.you.id) this.user.said(room, event, before);
    this.user.grown();
    this.core.changed();
  }

  passing(event: PassingEvent): void {
    const { core } = this;
    switch (event.ev) {
      case 'heartbeat':
        return;
      case 'ready':
        this.user.ready();
        break;
      case 'you': {
        // What it does not name, one is not any more.
        const { id, name, session, client } = core.you;
        const { ev: _, ...rank } = event;
        core.you = { id, name, ...(session ? { session } : {}), ...(client ? { client } : {}), ...rank };
        break;
      }
      case 'server': {
        const { ev: _, ...set } = event;
        core.server = { ...core.server, ...set };
        break;
      }
      case 'ended':
        this.user.ended(event.reason);
        break;
      case 'goodbye':
        return this.user.goodbye(event.retry_ms);
      case 'room':
        this.entered(event.info);
        break;
      case 'gone':
        if (event.by) core.removed = this.removal(event.room, event.by.name, event.reason ?? '');
        this.user.left(event.room);
        break;
      default: {
        const room = core.rooms.get(event.room);
        if (!room) return;
        this.inRoom(room, event);
      }
    }
    core.changed();
  }

  private inRoom(room: Room, event: InRoom): void {
    switch (event.ev) {
      case 'reset':
        room.log.reset(event.head, event.mid);
        this.user.reset(room);
        break;
      case 'presence':
        this.presence(room, event);
        break;
      case 'here':
        room.here(event);
        if (!event.people) this.user.crowd(event.room);
        break;
      case 'renamed':
        this.renamed(room, event);
        break;
      case 'typing':
        if (event.from.id !== this.core.you.id) room.types(event.from, Date.now());
        this.watchTyping();
        break;
      case 'read':
        room.readTold = Math.max(room.readTold, event.seq);
        room.readTo(event.seq, { unread: event.unread ?? 0, mentions: event.mentions ?? 0 });
        break;
      case 'level':
        room.setLevel(event.level);
        break;
    }
  }

  private presence(room: Room, event: PresenceEvent): void {
    const what = room.asked ? turn(room.people, event) : null;
    room.present(event);
    // Elsewhere people join and leave for good, and that is in the log: two kinds of joining would say nothing.
    if (what === null || event.room !== LOBBY || event.from.id === this.core.you.id) return;
    room.log.notice({ what, id: event.from.id, name: event.from.name });
  }

  private renamed(room: Room, event: RenamedEvent): void {
    const { id, name } = event.from;
    room.renamed(event);
    if (id === this.core.you.id) this.user.named(name);
    room.log.notice({ what: 'renamed', id, name, was: event.was });
  }

  private watchTyping(): void {
    clearTimeout(this.typingTimer);
    const now = Date.now();
    const ends = [...this.core.rooms.values()].map((r) => r.forgetTyping(now)).filter((t) => t !== null);
    this.core.changed();
    if (ends.length === 0) return;
    this.typingTimer = setTimeout(() => this.watchTyping(), Math.min(...ends) - now);
  }

  private removal(room: string, by: string, reason: string): Removal {
    return { room, title: this.core.rooms.get(room)?.info.name ?? '', by, reason };
  }

  private entered(info: RoomInfo): void {
    // A room that is here already goes on from its cursor: this is then only what hello said, too.
    if (this.core.rooms.has(info.id)) return;
    this.core.rooms.set(info.id, new Room(info, this.core.you.id));
    this.user.entered(info.id);
  }
}
