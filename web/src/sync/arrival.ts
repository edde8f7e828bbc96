// The page comes, for the first time or again: what an earlier visit has left is shown, and what the server says of
// everything in its answer to hello takes its place.

import type { Cursor, HelloReply } from '../proto/v1';
import type { Core } from './core';
import type { Drafts } from './drafts';
import type { Marks } from './marks';
import { Room } from './room';
import type { Self } from './self';
import type { Sending } from './sending';
import type { Remembered } from './stored';

/** A memory older than this is shown, but not continued: what happened since is too much to be told one by one. */
const OLD_MS = 12 * 3600_000;
/** The browser's database may take this long; then the page goes on without it. */
const LOAD_MS = 1500;

export interface ArrivalParts {
  sending: Sending;
  drafts: Drafts;
  marks: Marks;
  me: Self;
}

export class Arrival {
  /** When the connection was lost. */
  private downAt = 0;
  /** hello has been said: what is remembered from now on was not in it. */
  private greeted = false;
  private readonly sending: Sending;
  private readonly drafts: Drafts;
  private readonly marks: Marks;
  private readonly me: Self;

  constructor(
    private readonly core: Core,
    { sending, drafts, marks, me }: ArrivalParts,
    /** One is not in this room any more. */
    private readonly left: (room: string) => void,
  ) {
    this.sending = sending;
    this.drafts = drafts;
    this.marks = marks;
    this.me = me;
  }

  lost(): void {
    this.downAt = this.core.phase.at === 'ready' ? Date.now() : this.downAt;
  }

  /** Done when it is known what an earlier visit has left, or when that takes too long. */
  async load(): Promise<void> {
    const recall = this.recall();
    // On a first visit there is nothing to wait for.
    if (!this.core.parts.keep.get('person')) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, LOAD_MS)));
    await Promise.race([recall, late]);
    clearTimeout(timer);
  }

  private async recall(): Promise<void> {
    const [remembered] = await Promise.all([this.sending.memory.with(({ cache }) => cache.load()), this.sending.tabs.start()]);
    // It took so long that the server was faster.
    if (!remembered || this.core.you.id !== '') return;
    // Somebody has come in here since: what another one saw is not for them, not even until the server says who they are.
    if (remembered.self.you.id !== this.core.parts.keep.get('person')) return;
    this.remember(remembered);
    await this.sending.belongTo(remembered.self.you.id);
  }

  private remember({ self, rooms }: Remembered): void {
    const { core } = this;
    core.you = self.you;
    core.limits = self.limits;
    core.server = self.server;
    for (const info of self.rooms) {
      const cached = rooms.get(info.id);
      const room = new Room(cached?.info ?? info, self.you.id, cached?.dump);
      room.stale = true;
      // What happened since is told from the cursor that hello names, and from no other.
      room.resumes = cached !== undefined && !this.greeted && Date.now() - cached.at < OLD_MS;
      core.rooms.set(info.id, room);
    }
    core.rooms.get(core.openId)?.log.setOpen(true);
    core.changed();
  }

  /** Where each room goes on, for hello. */
  cursors(): Record<string, Cursor> {
    const rooms = [...this.core.rooms];
    if (this.downAt > 0 && Date.now() - this.downAt > OLD_MS) for (const [, room] of rooms) room.resumes = false;
    this.greeted = true;
    this.me.greeted();
    return Object.fromEntries(rooms.filter(([, r]) => r.resumes).map(([id, r]) => [id, r.log.cursor]));
  }

  welcomed(hello: HelloReply): void {
    const { core } = this;
    const known = core.you.id;
    // Somebody else from here on: what the other one saw and said is not theirs.
    if (known !== hello.you.id) {
      core.rooms.clear();
      const other = core.parts.keep.get('person') !== hello.you.id;
      if (known !== '' || other) void this.sending.memory.with(({ cache }) => cache.clear());
      core.parts.keep.set('person', hello.you.id);
      this.drafts.belongTo(hello.you.id);
      void this.sending.belongTo(hello.you.id);
    }
    core.you = this.me.wish === null ? hello.you : { ...hello.you, name: this.me.wish };
    this.me.named(core.you.name);
    core.limits = hello.limits;
    core.server = hello.server;
    const listed = new Set(hello.rooms.map((r) => r.id));
    for (const id of core.rooms.keys()) if (!listed.has(id)) this.left(id);
    for (const info of hello.rooms) this.stands(info);
    // Who somebody is, and where, is kept at once: what they say next must find them after a crash.
    if (known !== hello.you.id) void this.sending.memory.with(({ cache }) => cache.write());
  }

  /** How a room stands, as hello says it. */
  private stands(info: HelloReply['rooms'][number]): void {
    const { core } = this;
    const known = core.rooms.get(info.id);
    const first = known?.stale ?? true;
    known?.restate(info);
    const room = known ?? new Room(info, core.you.id);
    core.rooms.set(info.id, room);
    if (first && info.id === core.openId) this.marks.entered(room);
  }
}
