// One text frame in, one typed frame out, or null for what this client does not know: a newer server may say more than
// we understand, and that must not break what we do understand. A kept event is never passed over altogether, though:
// it counts in its room, and a client that missed it would lose its place.

import type {
  ErrorBody,
  Frame,
  HelloReply,
  HereEvent,
  KeptEvent,
  KeptReply,
  Level,
  Listed,
  Made,
  Page,
  PassingEvent,
  RoomInfo,
  RoomsReply,
  Standing,
} from './v1';

type Json = Record<string, unknown>;
type Shape = (o: Json) => boolean;

export const isObject = (v: unknown): v is Json => typeof v === 'object' && v !== null && !Array.isArray(v);
export const isText = (v: unknown): v is string => typeof v === 'string';
export const isNumber = (v: unknown): v is number => typeof v === 'number' && Number.isFinite(v);
const isFlag = (v: unknown): v is boolean => typeof v === 'boolean';
export const isSeq = (v: unknown): v is number => Number.isSafeInteger(v) && (v as number) >= 0;
const isFrom = (v: unknown): boolean => isObject(v) && isText(v.id) && isText(v.name);
const isCounted = (o: Json): boolean => isNumber(o.count) && isNumber(o.visitors);
const isPerson = (v: unknown): boolean => isObject(v) && isText(v.id) && isText(v.name) && isFlag(v.active);
const isReaction = (v: unknown): boolean =>
  isObject(v) && isText(v.emoji) && isNumber(v.count) && Array.isArray(v.people) && v.people.every(isText);
export const isSent = (v: unknown): boolean =>
  isObject(v) && isText(v.id) && isText(v.name) && isText(v.type) && isNumber(v.bytes) && may(v.alt, isText);
const isTexts = (v: unknown): v is string[] => Array.isArray(v) && v.every(isText);
const isLevel = (v: unknown): v is Level => v === 'all' || v === 'mentions' || v === 'none';
const number = (v: unknown): number => (isNumber(v) ? v : 0);
const words = (v: unknown): string => (isText(v) ? v : '');
export const may = (v: unknown, is: (v: unknown) => boolean): boolean => v === undefined || is(v);

/** How far in which room. */
export const isPlace = (o: Json): boolean => isText(o.room) && isSeq(o.seq);
const isKept = (o: Json): boolean => isPlace(o) && isText(o.mid);
const isTold = (o: Json): boolean => isNumber(o.ts) && isFrom(o.from) && may(o.cid, isText);
const aims = (o: Json): boolean => isSeq(o.target);

const kept: Record<Exclude<KeptEvent['ev'], 'other'>, Shape> = {
  message: (o) =>
    (isText(o.text) || o.deleted === true) &&
    may(o.reply_to, isSeq) &&
    may(o.edited, isNumber) &&
    may(o.files, (f) => Array.isArray(f) && f.every(isSent)) &&
    may(o.mentions, isTexts) &&
    may(o.reactions, (r) => Array.isArray(r) && r.every(isReaction)),
  edit: (o) => aims(o) && (isText(o.text) || o.deleted === true),
  delete: aims,
  react: (o) => aims(o) && isText(o.emoji),
  unreact: (o) => aims(o) && isText(o.emoji),
  pin: aims,
  unpin: aims,
  topic: (o) => isText(o.text),
  created: (o) => isText(o.name),
  joined: () => true,
  left: () => true,
  named: (o) => isText(o.name),
  settings: () => true,
  added: (o) => isFrom(o.person),
  removed: (o) => isFrom(o.person),
  host: (o) => isFrom(o.person),
  unhost: (o) => isFrom(o.person),
};

/** What a page may hold: all that stands for itself, which is all but what changes a message. */
const FOLDED = new Set(['edit', 'delete', 'react', 'unreact', 'other']);
const STATES = new Set<unknown>(['active', 'idle', 'offline']);

const passing: Record<PassingEvent['ev'], Shape> = {
  presence: (o) => isText(o.room) && isFrom(o.from) && STATES.has(o.state) && isCounted(o),
  here: (o) =>
    isText(o.room) && isCounted(o) && (o.people === undefined || (Array.isArray(o.people) && o.people.every(isPerson))),
  renamed: (o) => isText(o.room) && isFrom(o.from) && isText(o.was),
  typing: (o) => isText(o.room) && isFrom(o.from),
  read: isPlace,
  level: (o) => isText(o.room) && isLevel(o.level),
  reset: (o) => isText(o.room) && isSeq(o.head) && isText(o.mid) && isText(o.reason),
  room: (o) => isText(o.room) && roomOf(o.info) !== null,
  gone: (o) => isText(o.room) && may(o.by, isFrom) && may(o.reason, isText),
  you: (o) => isText(o.role),
  server: (o) => isFlag(o.members_only) && isNumber(o.slow_ms) && isText(o.name),
  ended: (o) => isText(o.reason),
  ready: () => true,
  heartbeat: () => true,
  goodbye: (o) => isNumber(o.retry_ms),
};

export function decode(text: string): Frame | null {
  let o: unknown;
  try {
    o = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(o)) return null;
  if (isText(o.ev)) {
    const event = keptOf(o);
    if (event) return { kind: 'kept', event };
    const fits = Object.hasOwn(passing, o.ev) && passing[o.ev as PassingEvent['ev']](o);
    return fits ? { kind: 'passing', event: o as unknown as PassingEvent } : null;
  }
  if (isText(o.re) || o.re === null) {
    if (isObject(o.error)) return { kind: 'reply', reply: { re: o.re, error: errorOf(o.error) } };
    if (o.ok === true) return { kind: 'reply', reply: { re: o.re, body: o } };
  }
  return null;
}

/** Whether it is all that belongs to its kind of event. */
export const fits = (o: Json): boolean => Object.hasOwn(kept, o.ev as string) && kept[o.ev as keyof typeof kept](o);

/** A kept event, whole or of an unknown kind; null when it is none. */
export function keptOf(o: Json): KeptEvent | null {
  // `read` has a seq, too, but no mid: only what is kept has one.
  if (!isKept(o)) return null;
  if (isTold(o) && fits(o)) return o as unknown as KeptEvent;
  return { ev: 'other', room: o.room as string, seq: o.seq as number, mid: o.mid as string };
}

function errorOf(e: Json): ErrorBody {
  const error: ErrorBody = {
    code: isText(e.code) ? e.code : 'unknown',
    message: isText(e.message) ? e.message : '',
  };
  if (isNumber(e.retry_ms)) error.retry_ms = e.retry_ms;
  return error;
}

/** The answer to hello, or null when it lacks what a client cannot do without. */
export function helloOf(body: Json): HelloReply | null {
  const { you, limits, rooms } = body;
  if (!isObject(you) || !isText(you.id) || !isText(you.name) || !Array.isArray(rooms)) return null;
  const known = isObject(limits) ? limits : {};
  const limit = (name: string, otherwise: number): number => (isNumber(known[name]) ? known[name] : otherwise);
  return {
    you: {
      ...(you as object),
      id: you.id,
      name: you.name,
      client: words(you.client),
      role: isText(you.role) ? you.role : 'guest',
    } as HelloReply['you'],
    ...(isText(body.token) ? { token: body.token } : {}),
    limits: {
      message_bytes: limit('message_bytes', 65_536),
      name_chars: limit('name_chars', 40),
      topic_chars: limit('topic_chars', 250),
      page: limit('page', 100),
      ...(isNumber(known.upload_bytes) ? { upload_bytes: known.upload_bytes } : {}),
    },
    heartbeat_ms: isNumber(body.heartbeat_ms) ? body.heartbeat_ms : 30_000,
    build: words(body.build),
    server: serverOf(isObject(body.server) ? body.server : {}),
    rooms: rooms.map(roomOf).filter((r) => r !== null),
  };
}

function serverOf(s: Json): HelloReply['server'] {
  return {
    members_only: s.members_only === true,
    slow_ms: number(s.slow_ms),
    name: words(s.name),
    signup: words(s.signup),
    guests: words(s.guests),
  };
}

function roomOf(r: unknown): RoomInfo | null {
  if (!isObject(r) || !isText(r.id) || !isSeq(r.head)) return null;
  return {
    ...listed(r),
    head: r.head,
    mid: isText(r.mid) ? r.mid : '0',
    ts: number(r.ts),
    read: number(r.read),
    unread: number(r.unread),
    mentions: number(r.mentions),
    level: isLevel(r.level) ? r.level : 'all',
    count: number(r.count),
    visitors: number(r.visitors),
    ...(r.host === true ? { host: true } : {}),
    ...(Array.isArray(r.peers) ? { peers: r.peers.filter(isFrom) as { id: string; name: string }[] } : {}),
  };
}

function listed(r: Json): Listed {
  return {
    id: r.id as string,
    name: words(r.name),
    kind: words(r.kind),
    topic: words(r.topic),
    ...settingsOf(r),
  };
}

/** What a room is set to, or what of it has changed, but for its kind. */
export function settingsOf(r: Json): Omit<Listed, 'id' | 'name' | 'kind' | 'topic'> {
  const settings: Json = {};
  for (const key of ['guests', 'default', 'archived']) if (isFlag(r[key])) settings[key] = r[key];
  for (const key of ['slow_ms', 'retention_days']) if (isNumber(r[key])) settings[key] = r[key];
  return settings;
}

/** The answer to a command with a cid. */
export function keptReplyOf(body: Json): KeptReply | null {
  const room = isText(body.room) ? body.room : '';
  // A direct room of these people is there already: nothing was made.
  const there = body.dup === true && body.seq === undefined;
  if (body.changed === false || there) return { room, changed: false };
  if (!isSeq(body.seq)) return null;
  return {
    room,
    seq: body.seq,
    mid: isText(body.mid) ? body.mid : '',
    ts: isNumber(body.ts) ? body.ts : 0,
    dup: body.dup === true,
  };
}

export function pageOf(body: Json): Page | null {
  const { room, head, first, last, events } = body;
  if (!isText(room) || !isSeq(head) || !isSeq(first) || !isSeq(last) || !Array.isArray(events)) return null;
  const known = events.map((e) => (isObject(e) && isText(e.ev) ? keptOf(e) : null));
  const standing = known.filter((e): e is Standing => e !== null && !FOLDED.has(e.ev));
  return { room, head, first, last, events: standing, ...(isSeq(body.at) ? { at: body.at } : {}) };
}

export function roomsOf(body: Json): RoomsReply | null {
  if (!Array.isArray(body.rooms)) return null;
  const rooms = body.rooms.filter((r): r is Json => isObject(r) && isText(r.id));
  return { rooms: rooms.map(listed), more: body.more === true };
}

export function hereOf(body: Json): HereEvent | null {
  return passing.here(body) ? ({ ...body, ev: 'here' } as unknown as HereEvent) : null;
}

export function renamedOf(body: Json): string | null {
  return isText(body.name) ? body.name : null;
}

/** Where the read mark stands. */
export function readOf(body: Json): number | null {
  return isSeq(body.seq) ? body.seq : null;
}

/** What is unread behind the mark: in the answers to `read` and `level`. */
export function unreadOf(body: Json): { unread: number; mentions: number } {
  return { unread: number(body.unread), mentions: number(body.mentions) };
}

/** What an act has made. */
export function madeOf(body: Json): Made {
  const made: Json = {};
  for (const key of ['id', 'link', 'person', 'token', 'url']) if (isText(body[key])) made[key] = body[key];
  if (isNumber(body.until)) made.until = body.until;
  return made;
}

/** How far a purge has come. */
export function purgedOf(body: Json): { deleted: number; more: boolean } {
  return { deleted: number(body.deleted), more: body.more === true };
}
