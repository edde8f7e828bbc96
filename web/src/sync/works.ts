// The parts of a session, put together: who tells whom when something comes, goes, or is read.

import { isText } from '../proto/decode';
import type { MessageEvent } from '../proto/v1';
import { Arrival } from './arrival';
import type { Core } from './core';
import { Drafts } from './drafts';
import { Events } from './events';
import { Link } from './link';
import { Marks } from './marks';
import { Reach } from './reach';
import { AGES_MS, keptFrom } from './retention';
import type { Room } from './room';
import { Self } from './self';
import { Sending } from './sending';
import { isReadThere, type ReadThere } from './told';

/** Somebody else's message as it comes. `live`: while one was connected, and not told afterwards. */
export interface Said {
  room: string;
  event: MessageEvent;
  live: boolean;
}

export class Works {
  readonly drafts: Drafts;
  readonly marks: Marks;
  readonly me: Self;
  readonly reach: Reach;
  readonly sending: Sending;
  readonly link: Link;
  readonly hearers = new Set<(said: Said) => void>();
  private readonly events: Events;
  private readonly arrival: Arrival;
  private ages: ReturnType<typeof setInterval> | undefined;
  private loaded: Promise<unknown> = Promise.resolve();

  constructor(private readonly core: Core) {
    this.sending = new Sending(core);
    const { tabs } = this.sending;
    this.drafts = new Drafts(core.parts.keep, { changed: (room) => this.drafted(room) });
    this.marks = new Marks(core, (room, seq) => tabs.tell('read', { person: core.you.id, room, seq }));
    this.me = new Self(core);
    this.reach = new Reach(core, () => this.marks.seen());
    this.events = new Events(core, this.forEvents());
    this.arrival = new Arrival(core, this, (id) => this.left(id));
    this.link = new Link(core, this.forLink());
    // Before hello is answered in full the server takes nothing else.
    core.request = (command, onReply) => core.phase.at === 'ready' && this.link.socket.request(command, onReply);
    tabs.on('draft', isText, () => this.draftedElsewhere());
    tabs.on('read', isReadThere, (mark) => this.readElsewhere(mark));
  }

  start(): void {
    this.ages = setInterval(() => this.forgetOld(), AGES_MS);
    this.loaded = this.arrival.load();
    this.link.socket.start();
  }

  stop(): void {
    clearInterval(this.ages);
    for (const part of [this.marks, this.me, this.reach, this.events, this.sending]) part.stop();
    this.sending.memory.now?.cache.stop();
    this.link.socket.stop();
  }

  /** Nothing of this person is to be left in this browser. */
  async forget(): Promise<void> {
    this.drafts.clear();
    this.core.parts.keep.set('person', '');
    await Promise.all([this.sending.forget(), this.sending.memory.with(({ cache }) => cache.end())]);
  }

  private forLink(): ConstructorParameters<typeof Link>[1] {
    return {
      kept: (event) => this.events.kept(event),
      passing: (event) => this.events.passing(event),
      stray: (error) => this.sending.outbox.stray(error),
      cursors: () => this.arrival.cursors(),
      welcomed: (hello) => this.arrival.welcomed(hello),
      lost: (refused) => {
        this.arrival.lost();
        this.sending.outbox.shut(refused);
        this.reach.shut();
        this.me.lost();
      },
      // What was shown here must not be shown to whoever sits here next; what was written waits for its writer.
      ended: () => void this.sending.memory.with(({ cache }) => cache.end()),
      loaded: () => this.loaded,
    };
  }

  private forEvents(): ConstructorParameters<typeof Events>[1] {
    return {
      back: (cid) => this.sending.back(cid),
      said: (room, event, before) => this.heard(room, event, before),
      skipped: () => this.link.socket.giveUp(),
      grown: () => this.marks.seen(),
      reset: (room) => this.beganAnew(room),
      entered: (id) => {
        if (id === this.core.openId) this.reach.enter();
      },
      left: (id) => this.left(id),
      ready: () => this.ready(),
      goodbye: (ms) => this.link.socket.goodbye(ms),
      ended: (reason) => void (this.link.endedWhy = reason),
      named: (name) => {
        if (this.me.wish === null) this.me.named(name);
      },
      crowd: () => this.reach.askLater(),
    };
  }

  private ready(): void {
    this.link.socket.ready();
    this.sending.outbox.open();
    this.reach.ready();
    this.me.ready();
    this.marks.seen();
    this.marks.tell();
  }

  private heard(room: Room, event: MessageEvent, before: number): void {
    this.marks.said(room, event.seq, before);
    const said: Said = { room: room.info.id, event, live: this.core.phase.at === 'ready' };
    for (const hearer of this.hearers) hearer(said);
  }

  private beganAnew(room: Room): void {
    const { id } = room.info;
    void this.sending.memory.with(({ cache }) => cache.drop(id));
    this.sending.outbox.again(id);
    this.reach.forget(id);
    if (id === this.core.openId) this.reach.enter();
  }

  private left(id: string): void {
    this.core.rooms.delete(id);
    void this.sending.memory.with(({ cache }) => cache.drop(id));
    this.sending.outbox.forget(id);
    this.reach.forget(id);
  }

  private forgetOld(): void {
    const old = [...this.core.rooms.values()].filter(({ info, log }) => log.forget(keptFrom(info)));
    if (old.length > 0) this.core.changed();
  }

  private drafted(room: string): void {
    this.sending.tabs.tell('draft', room);
    this.core.changed();
  }

  private draftedElsewhere(): void {
    this.drafts.again();
    this.core.changed();
  }

  private readElsewhere({ person, room, seq }: ReadThere): void {
    if (person !== this.core.you.id) return;
    this.core.rooms.get(room)?.readTo(seq);
    this.core.changed();
  }
}
