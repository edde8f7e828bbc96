// The rows of a room's log: what they hold, and how they are made of the events. Pure.

import type { From, MessageEvent, Reaction, RoomEvent, SentFile, Settings, Standing } from '../proto/v1';
import type { Attachment } from './uploading';

export interface Message {
  kind: 'message';
  key: string;
  seq: number;
  ts: number;
  from: From;
  /** Empty when it was deleted. */
  text: string;
  mine: boolean;
  replyTo: number | null;
  edited: number | null;
  deleted: boolean;
  pinned: boolean;
  reactions: readonly Reaction[];
  files: readonly SentFile[];
  /** Of one's own that is still to be sent: the files that go with it. */
  attachments?: readonly Attachment[];
  /** Whom it means, as the server found out; or everybody. */
  mentions: readonly string[];
  mentionsAll: boolean;
  /** Changes up to this seq are in it. */
  asOf: number;
}

/** Something that happened to the room or to who is what in it. */
export interface Happening {
  kind: 'happening';
  key: string;
  seq: number;
  ts: number;
  from: From;
  what: RoomEvent['ev'];
  /** The room's name, its topic, or why somebody was removed. */
  text: string;
  target: number | null;
  /** Who was added or removed, or became a host or ceased to be one. */
  person: { id: string; name: string } | null;
  /** What of the settings has changed. */
  settings: Partial<Settings> | null;
}

export type Notice =
  | { what: 'joined' | 'left'; id: string; name: string }
  | { what: 'renamed'; id: string; name: string; was: string };

/** Passed by while this window was open; `seq` is that of the last kept event before. */
export interface Notices {
  kind: 'notices';
  key: string;
  seq: number;
  items: readonly Notice[];
}

/** `seq` to `last` are not held. */
export interface Gap {
  kind: 'gap';
  key: string;
  seq: number;
  last: number;
}

export type Entry = Message | Happening | Notices | Gap;

export const none: readonly never[] = [];

/** A message as the event says it is; true for the seq `asOf`. */
export function messageOf(event: MessageEvent, key: string, mine: boolean, asOf: number): Message {
  const deleted = event.deleted === true;
  return {
    kind: 'message',
    key,
    seq: event.seq,
    ts: event.ts,
    from: event.from,
    text: deleted ? '' : (event.text ?? ''),
    mine,
    replyTo: event.reply_to ?? null,
    edited: deleted ? null : (event.edited ?? null),
    deleted,
    pinned: !deleted && event.pinned === true,
    reactions: deleted ? none : (event.reactions ?? none),
    files: deleted ? none : (event.files ?? none),
    mentions: deleted ? none : (event.mentions ?? none),
    mentionsAll: !deleted && event.mentions_all === true,
    asOf,
  };
}

export function happeningOf(event: RoomEvent, key: string): Happening {
  const { seq, ts, from, ev } = event;
  return {
    kind: 'happening',
    key,
    seq,
    ts,
    from,
    what: ev,
    text: wordsOf(event),
    target: ev === 'pin' || ev === 'unpin' ? event.target : null,
    person: 'person' in event ? event.person : null,
    settings: ev === 'settings' ? settingsIn(event) : null,
  };
}

function wordsOf(event: RoomEvent): string {
  switch (event.ev) {
    case 'topic':
      return event.text;
    case 'created':
    case 'named':
      return event.name;
    case 'removed':
      return event.reason ?? '';
    default:
      return '';
  }
}

const SETTINGS = ['kind', 'guests', 'default', 'archived', 'slow_ms', 'retention_days'] as const;

/** What an event of that kind says to have changed. */
export function settingsIn(event: Partial<Settings>): Partial<Settings> {
  return Object.fromEntries(SETTINGS.filter((key) => event[key] !== undefined).map((key) => [key, event[key]]));
}

/** Whether it means this person. */
export function means(m: Message, person: string): boolean {
  return m.mentionsAll || m.mentions.includes(person);
}

/** An empty message of the tutorial's dialect is kept by the server and shown by nobody. */
export function shown(event: Standing): boolean {
  return event.ev !== 'message' || event.deleted === true || event.text !== '' || (event.files?.length ?? 0) > 0;
}
