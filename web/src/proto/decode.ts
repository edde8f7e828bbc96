// One text frame in, one typed frame out, or null for what this client does not know: a newer server may say more than
// we understand, and that must not break what we do understand.

import type { ErrorBody, Frame, HelloReply, PostReply, Room, ServerEvent } from './v1';

type Json = Record<string, unknown>;

const isObject = (v: unknown): v is Json => typeof v === 'object' && v !== null && !Array.isArray(v);
const isText = (v: unknown): v is string => typeof v === 'string';
const isNumber = (v: unknown): v is number => typeof v === 'number' && Number.isFinite(v);
const isFlag = (v: unknown): v is boolean => typeof v === 'boolean';
const isFrom = (v: unknown): boolean => isObject(v) && isText(v.id) && isText(v.name);
const isCounted = (o: Json): boolean => isNumber(o.count) && isNumber(o.visitors);
const isPerson = (v: unknown): boolean => isObject(v) && isText(v.id) && isText(v.name) && isFlag(v.active);

const shapes: Record<ServerEvent['ev'], (o: Json) => boolean> = {
  message: (o) =>
    isText(o.room) && Number.isSafeInteger(o.seq) && isText(o.mid) && isNumber(o.ts) && isFrom(o.from) && isText(o.text),
  here: (o) => isText(o.room) && isCounted(o) && Array.isArray(o.people) && o.people.every(isPerson),
  joined: (o) => isText(o.room) && isFrom(o.from) && isCounted(o),
  left: (o) => isText(o.room) && isFrom(o.from) && isCounted(o),
  renamed: (o) => isText(o.room) && isFrom(o.from) && isText(o.was),
  active: (o) => isText(o.room) && isFrom(o.from) && isFlag(o.active),
  ready: () => true,
  heartbeat: () => true,
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
    const fits = Object.hasOwn(shapes, o.ev) && shapes[o.ev as ServerEvent['ev']](o);
    return fits ? { kind: 'event', event: o as unknown as ServerEvent } : null;
  }
  if (isText(o.re) || o.re === null) {
    if (isObject(o.error)) return { kind: 'reply', reply: { re: o.re, error: errorOf(o.error) } };
    if (o.ok === true) return { kind: 'reply', reply: { re: o.re, body: o } };
  }
  return null;
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
  return {
    you: { id: you.id, name: you.name, client: isText(you.client) ? you.client : '' },
    ...(isText(body.token) ? { token: body.token } : {}),
    limits: {
      message_bytes: isNumber(known.message_bytes) ? known.message_bytes : 65_536,
      name_chars: isNumber(known.name_chars) ? known.name_chars : 40,
    },
    heartbeat_ms: isNumber(body.heartbeat_ms) ? body.heartbeat_ms : 20_000,
    build: isText(body.build) ? body.build : '',
    rooms: rooms
      .filter((r): r is Json => isObject(r) && isText(r.id) && isNumber(r.head))
      .map(roomOf),
  };
}

function roomOf(r: Json): Room {
  const room: Room = { id: r.id as string, name: isText(r.name) ? r.name : '', head: r.head as number };
  if (isText(r.log)) room.log = r.log;
  return room;
}

export function postedOf(body: Json): PostReply | null {
  if (!Number.isSafeInteger(body.seq)) return null;
  return {
    seq: body.seq as number,
    mid: isText(body.mid) ? body.mid : '',
    ts: isNumber(body.ts) ? body.ts : 0,
    dup: body.dup === true,
  };
}

export function renamedOf(body: Json): string | null {
  return isText(body.name) ? body.name : null;
}
