// What was shown last, kept in the browser's database, so that the next visit shows rooms and messages at once, also
// without a connection, and goes on from there. Written when there is time, seldom, and only what has changed; so what
// others delete or edit is gone from here, too, soon after this page has learned of it.

import type { RoomInfo } from '../proto/v1';
import { attempt, type Database } from './database';
import { keptFrom } from './retention';
import type { Room } from './room';
import type { Dump } from './roomlog';
import { ROOMS, type CachedRoom, type CachedSelf, type Remembered, type Shown, type StoredUser } from './stored';

/** Messages of a room that are kept. */
const MESSAGES = 200;
/** Written at most this often. */
const EVERY_MS = 2000;

export class Cache {
  /** The version of each room's log, and what was known of it, as last written. */
  private written = new Map<string, { log: number; info: RoomInfo }>();
  private self: CachedSelf | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private stopped = false;

  constructor(
    private readonly db: Database,
    private readonly user: Pick<StoredUser, 'idle' | 'shown'>,
  ) {}

  async load(): Promise<Remembered | null> {
    const remembered = await attempt(this.db.remembered(), null);
    for (const room of remembered?.rooms.values() ?? []) room.dump = young(room);
    return remembered;
  }

  /** Something may have changed. */
  changed(): void {
    if (this.timer !== undefined || this.stopped) return;
    this.timer = setTimeout(() => {
      this.user.idle(() => {
        this.timer = undefined;
        if (!this.stopped) void this.write();
      });
    }, EVERY_MS);
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  /** The room began anew, or one is not in it any more: what was kept of it is wrong. */
  async drop(room: string): Promise<void> {
    this.written.delete(room);
    await attempt(this.db.dropRoom(room), undefined);
  }

  /** Nothing of it is left, and nothing more is kept: nobody is here any more. */
  async end(): Promise<void> {
    this.stop();
    await this.clear();
  }

  /** Another person is here. */
  async clear(): Promise<void> {
    this.written.clear();
    this.self = null;
    await attempt(this.db.forget(), undefined);
  }

  /** Written at once what is due, for a page that is about to go. */
  async write(): Promise<void> {
    const shown = this.stopped ? null : this.user.shown();
    if (!shown) return;
    const due = this.due(shown);
    const self = this.selfOf(shown);
    if (due.length === 0 && self === this.self) return;
    await attempt(this.db.remember(self === this.self ? null : self, due), undefined);
    this.self = self;
  }

  /** The most recent rooms that hold messages and have changed since they were written. */
  private due({ you, rooms }: Shown): CachedRoom[] {
    const recent = [...rooms.values()].toSorted((a, b) => b.info.ts - a.info.ts).slice(0, ROOMS);
    const out: CachedRoom[] = [];
    for (const room of recent) {
      const { log, info } = room;
      const before = this.written.get(info.id);
      if (before && before.log === log.version && before.info === info) continue;
      if (log.entries.every((e) => e.kind === 'gap' || e.kind === 'notices')) continue;
      this.written.set(info.id, { log: log.version, info });
      out.push({ id: info.id, person: you.id, info: standing(room), dump: log.dump(MESSAGES), at: Date.now() });
    }
    return out;
  }

  private selfOf({ you, limits, server, rooms }: Shown): CachedSelf {
    const infos = [...rooms.values()].map((r) => r.info);
    const known = this.self;
    const same =
      known?.you === you &&
      known.limits === limits &&
      known.server === server &&
      known.rooms.length === infos.length &&
      known.rooms.every((info, i) => info === infos[i]);
    return same ? known : { you, limits, server, rooms: infos };
  }
}

/** A room as hello would tell of it now. */
export function standing({ info, log, read, unread, mentions }: Room): RoomInfo {
  return { ...info, head: log.last, mid: log.mid, read, unread, mentions };
}

/** Without what the room would have forgotten by now. */
function young({ info, dump }: CachedRoom): Dump {
  const from = keptFrom(info);
  if (from === 0) return dump;
  const first = dump.entries.findIndex((e) => e.kind !== 'gap' && e.ts >= from);
  const entries = first < 0 ? [] : dump.entries.slice(first);
  const last = (entries[0]?.seq ?? dump.last + 1) - 1;
  return { ...dump, entries: last > 0 ? [{ kind: 'gap', key: '', seq: 1, last }, ...entries] : entries };
}
