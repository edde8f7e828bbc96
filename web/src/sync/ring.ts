// Which messages ring. Pure: what is known is handed in, what to do is handed out.
//
// A message rings once, a moment after it came: whoever looks at its room, in this tab, another or on another device, has
// read it by then. What was said while there was no connection rings together, as one.

import type { MessageEvent } from '../proto/v1';
import type { Said } from './session';
import type { RingRoom } from './waiting';

/** Long enough for a tab that shows the message to say that it is read; short enough to be "now". */
export const WAIT_MS = 600;
/** What came later than this is not judged yet: that it is read may be known with the next frame only. */
const YOUNG_MS = 300;

/** Who listens, and whether anybody may be rung for. */
export interface Ears {
  you: string;
  /** This tab rings for all of them. */
  leads: boolean;
  /** There is a connection, and everything that was missed has come. */
  ready: boolean;
  /** Somebody looks at this tab. */
  looks: boolean;
  room(id: string): RingRoom | undefined;
  /** Whether there is a word in it by which one wants to be called. */
  calls(text: string): boolean;
}

/** One notification: about a room, or about several when they were all missed together. */
export type Ring =
  | { about: 'room'; room: string; last: MessageEvent; count: number }
  | { about: 'rooms'; rooms: number; count: number };

export const meansMe = (event: MessageEvent, you: string): boolean =>
  event.mentions_all === true || (event.mentions?.includes(you) ?? false);

/** Whether I want to be told of such a message in such a room. A direct one always means me. */
function wants({ kind, level }: RingRoom, means: boolean): boolean {
  if (level === 'none') return false;
  return level === 'all' || kind === 'direct' || means;
}

export function shouldRing(event: MessageEvent, ears: Ears): boolean {
  const room = ears.room(event.room);
  if (!ears.leads || !room || event.from.id === ears.you || event.deleted) return false;
  return event.seq > room.read && wants(room, meansMe(event, ears.you) || ears.calls(event.text ?? ''));
}

/** Between these hours nothing rings; from evening to morning it goes over midnight. The same twice is never. */
export function quietAt(hour: number, from: number, to: number): boolean {
  if (from === to) return false;
  return from < to ? hour >= from && hour < to : hour >= from || hour < to;
}

/** Gathers what was said, and rings for what is still unread a moment later. */
export class Bell {
  private heard: { said: Said; at: number }[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly ears: () => Ears,
    private readonly ring: (ring: Ring) => void,
  ) {}

  said(said: Said): void {
    this.heard.push({ said, at: Date.now() });
    this.timer ??= setTimeout(() => this.look(), WAIT_MS);
  }

  /** The connection is there again, or this tab has come to lead. */
  changed(): void {
    if (this.heard.length > 0 && this.ears().ready) this.timer ??= setTimeout(() => this.look(), WAIT_MS);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.heard = [];
  }

  private look(): void {
    this.timer = undefined;
    const ears = this.ears();
    // What is missed comes in pieces: all of it first, so that it rings once.
    if (!ears.ready) return;
    const till = Date.now() - YOUNG_MS;
    const young = this.heard.filter(({ at }) => at > till);
    const due = this.heard.filter(({ said, at }) => at <= till && shouldRing(said.event, ears)).map(({ said }) => said);
    this.heard = young;
    if (young.length > 0) this.timer = setTimeout(() => this.look(), WAIT_MS);
    // Whoever looks at the page sees what they have missed.
    const missed = ears.looks ? [] : rings(due.filter((said) => !said.live));
    if (missed.length > 1) {
      const count = missed.reduce((sum, r) => sum + r.count, 0);
      this.ring({ about: 'rooms', rooms: missed.length, count });
    }
    const alone = due.filter((said) => said.live || missed.length === 1);
    for (const ring of rings(alone)) this.ring(ring);
  }
}

function rings(due: readonly Said[]): Ring[] {
  const byRoom = new Map<string, Ring & { about: 'room' }>();
  for (const { room, event } of due) {
    byRoom.set(room, { about: 'room', room, last: event, count: (byRoom.get(room)?.count ?? 0) + 1 });
  }
  return [...byRoom.values()];
}
