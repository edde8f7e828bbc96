// The words of hubbub.v1 as docs/PROTOCOL.md defines them. Types only: nothing here touches a socket or a page.

export const SUBPROTOCOL = 'hubbub.v1';
/** A client that has received nothing for this long should reconnect. */
export const SILENCE_MS = 45_000;

export interface From {
  id: string;
  name: string;
  visitor?: boolean;
}

export interface Person {
  id: string;
  name: string;
  active: boolean;
}

export interface Limits {
  message_bytes: number;
  name_chars: number;
}

export interface Room {
  id: string;
  name: string;
  head: number;
  /** Which log `head` counts in; another one means that the room began anew, whatever the numbers say. */
  log?: string;
}

export type Command =
  | { op: 'hello'; token?: string; name?: string; active: boolean }
  | { op: 'post'; room: string; cid: string; text: string }
  | { op: 'rename'; name: string }
  | { op: 'active'; active: boolean };

export interface HelloReply {
  you: { id: string; name: string; client: string };
  token?: string;
  limits: Limits;
  heartbeat_ms: number;
  build: string;
  rooms: Room[];
}

export interface PostReply {
  seq: number;
  mid: string;
  ts: number;
  dup: boolean;
}

export interface RenameReply {
  name: string;
}

export interface ErrorBody {
  code: string;
  message: string;
  retry_ms?: number;
}

export interface MessageEvent {
  ev: 'message';
  room: string;
  seq: number;
  mid: string;
  ts: number;
  from: From;
  cid?: string;
  text: string;
}

export interface HereEvent {
  ev: 'here';
  room: string;
  count: number;
  visitors: number;
  people: Person[];
}

export type PresenceEvent =
  | { ev: 'joined'; room: string; from: From; active: boolean; count: number; visitors: number }
  | { ev: 'left'; room: string; from: From; count: number; visitors: number }
  | { ev: 'renamed'; room: string; from: From; was: string }
  | { ev: 'active'; room: string; from: From; active: boolean };

export type ServerEvent =
  | MessageEvent
  | HereEvent
  | PresenceEvent
  | { ev: 'ready' }
  | { ev: 'heartbeat'; ts: number };

/** `re` is null when the server could not even read the command's id. */
export type Reply = { re: string | null; body: Record<string, unknown> } | { re: string | null; error: ErrorBody };

export type Frame = { kind: 'reply'; reply: Reply } | { kind: 'event'; event: ServerEvent };
