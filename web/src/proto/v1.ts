// The words of hubbub.v1 as docs/PROTOCOL.md defines them. Types only: nothing here touches a socket or a page.

export const SUBPROTOCOL = 'hubbub.v1';
export const LOBBY = 'lobby';
/** A client that has received nothing for this long should reconnect. */
export const SILENCE_MS = 45_000;

/** Close codes that end a session: one signed out (or was, elsewhere), or was sent away. */
export const SIGNED_OUT = 4001;
export const SENT_AWAY = 4003;

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
  topic_chars: number;
  /** The largest page of history. */
  page: number;
  /** The largest file; a server that takes none does not say. */
  upload_bytes?: number;
}

export type Level = 'all' | 'mentions' | 'none';

/** What a room is set to. */
export interface Settings {
  /** public, private, direct or announcement. */
  kind: string;
  /** Open to guests; newcomers are in it at once; can only be read. */
  guests?: boolean;
  default?: boolean;
  archived?: boolean;
  slow_ms?: number;
  retention_days?: number;
}

/** A room as `rooms` lists it. */
export interface Listed extends Settings {
  id: string;
  name: string;
  topic: string;
}

export interface RoomInfo extends Listed {
  /** The newest kept event, its mid and its time. */
  head: number;
  mid: string;
  ts: number;
  read: number;
  /** Messages of others behind the read mark, and how many of them mean me. */
  unread: number;
  mentions: number;
  level: Level;
  /** I am a host of it. */
  host?: boolean;
  count: number;
  visitors: number;
  /** Of a direct room: the people it is for, me too. */
  peers?: { id: string; name: string }[];
}

/** What I am. */
export interface Rank {
  role: string;
  display?: string;
  color?: string;
  muted_until?: number;
}

export interface ServerState {
  members_only: boolean;
  slow_ms: number;
  /** What the community is called; empty: it has no name of its own. */
  name: string;
}

/** A file that came with a message. */
export interface SentFile {
  id: string;
  name: string;
  type: string;
  bytes: number;
  width?: number;
  height?: number;
  thumbnail?: boolean;
  alt?: string;
}

/** The last kept event that a client has of a room. */
export interface Cursor {
  seq: number;
  mid?: string;
}

// --- commands ---------------------------------------------------------------------------------------------------------

/** What changes a room, without the room and the cid that go with it. */
export type Change =
  | { op: 'post'; text: string; reply_to?: number; files?: { id: string; alt?: string }[] }
  | { op: 'edit'; target: number; text: string }
  | { op: 'delete' | 'pin' | 'unpin'; target: number }
  | { op: 'react' | 'unreact'; target: number; emoji: string }
  | { op: 'topic'; text: string }
  | { op: 'create'; name: string; kind: string; guests?: boolean; default?: boolean }
  | { op: 'direct'; people: string[] }
  | { op: 'join' | 'leave' }
  | { op: 'name'; name: string }
  | ({ op: 'settings' } & Partial<Settings>)
  | { op: 'add' | 'host' | 'unhost'; person: string }
  | { op: 'remove'; person: string; reason?: string };

/** `at`: around the first event of that time or later. */
export type HistoryQuery =
  | { before: number }
  | { after: number }
  | { around: number }
  | { at: number }
  | Record<never, never>;

/** What is done once for each time that it is said: what one does to oneself, and what offices do. */
export type Act =
  | { op: 'level'; room: string; level: Level }
  | { op: 'profile'; display?: string; color?: string }
  | { op: 'session_end'; session: string }
  | { op: 'sessions_end' | 'sign_out' }
  | { op: 'file_end'; file: string }
  | { op: 'report'; room: string; target: number; reason: string }
  | { op: 'invite'; until_ms?: number; count?: number; role?: string; rooms?: string[]; note?: string }
  | { op: 'invite_end'; invite: string }
  | { op: 'kick'; person: string; reason?: string }
  | { op: 'mute'; person: string; for_ms?: number; reason?: string }
  | { op: 'unmute' | 'purge' | 'reset_link' | 'bot_end'; person: string }
  | { op: 'ban'; person?: string; address?: string; for_ms?: number; reason?: string }
  | { op: 'ban_end'; ban: string }
  | { op: 'report_end'; report: string; note?: string }
  | { op: 'brake'; members_only: boolean; slow_ms?: number }
  | { op: 'server_name'; name: string }
  | { op: 'role'; person: string; role: string }
  | { op: 'bot'; name: string }
  | { op: 'webhook'; room: string; name: string }
  | { op: 'webhook_end'; webhook: string };

export type Command =
  | { op: 'hello'; token?: string; name?: string; active: boolean; cursors: Record<string, Cursor> }
  | (Change & { room?: string; cid: string })
  | ({ op: 'history'; room: string; limit: number } & HistoryQuery)
  | { op: 'rooms'; after: string; limit: number }
  | { op: 'list'; what: ListName; room?: string; after?: string | number; limit?: number }
  | { op: 'search'; text: string; before?: string; limit?: number }
  | Act
  | { op: 'read'; room: string; seq: number }
  | { op: 'typing' | 'here'; room: string }
  | { op: 'active'; active: boolean }
  | { op: 'rename'; name: string };

// --- replies ----------------------------------------------------------------------------------------------------------

export interface ErrorBody {
  code: string;
  message: string;
  retry_ms?: number;
}

/** `re` is null when the server could not even read the command's id. */
export type Reply = { re: string | null; body: Record<string, unknown> } | { re: string | null; error: ErrorBody };

export interface HelloReply {
  you: { id: string; name: string; client: string; session?: string } & Rank;
  token?: string;
  limits: Limits;
  heartbeat_ms: number;
  build: string;
  server: ServerState & { signup: string; guests: string };
  rooms: RoomInfo[];
}

/** The answer to a change: it is on disk with this seq, or there was nothing to change. */
export type KeptReply =
  | { room: string; seq: number; mid: string; ts: number; dup: boolean }
  | { room: string; changed: false };

export interface Page {
  room: string;
  /** What the page says is true for this seq. */
  head: number;
  first: number;
  last: number;
  events: Standing[];
  /** What was asked for by its time. */
  at?: number;
}

export interface RoomsReply {
  rooms: Listed[];
  more: boolean;
}

/** The rows of each list, as docs/PROTOCOL.md has them. What has no value is left out. */
export interface ListRows {
  people: {
    id: string;
    name: string;
    role: string;
    display?: string;
    color?: string;
    created?: number;
    seen?: number;
    muted?: boolean;
    banned?: boolean;
  };
  members: { id: string; name: string; role: string; display?: string; color?: string; host?: boolean };
  sessions: { id: string; device?: string; created?: number; used?: number; current?: boolean };
  invites: {
    id: string;
    by?: string;
    created?: number;
    until?: number;
    uses?: number;
    left?: number;
    role?: string;
    note?: string;
  };
  bans: {
    id: string;
    person?: string;
    name?: string;
    address?: string;
    reason?: string;
    by?: string;
    created?: number;
    until?: number;
  };
  mutes: { person: string; name: string; until?: number };
  reports: {
    id: string;
    room: string;
    seq: number;
    author?: string;
    by?: string;
    reason?: string;
    created?: number;
    closed?: number;
    closed_by?: string;
    note?: string;
  };
  audit: {
    id: string;
    ts: number;
    action: string;
    by?: string;
    name?: string;
    person?: string;
    room?: string;
    detail?: string;
  };
  bots: { id: string; name: string; created?: number; seen?: number };
  webhooks: { id: string; room: string; name: string; person?: string; by?: string; created?: number };
  mentions: { id: string; room: string; seq: number; ts: number; from?: string; name?: string };
  pins: { seq: number };
  files: { id: string; name: string; type: string; bytes: number; created?: number; room?: string; seq?: number };
}

export type ListName = keyof ListRows;

/** A page of a list. */
export interface ListReply<W extends ListName = ListName> {
  what: W;
  rows: ListRows[W][];
  more: boolean;
}

/** Marks are in code points: from, to (exclusive). */
export interface Hit {
  room: string;
  event: MessageEvent;
  marks: [number, number][];
}

export interface SearchReply {
  hits: Hit[];
  /** Where the next page begins; missing: there is no more. */
  next?: string;
  incomplete?: boolean;
}

/** What an invitation, a way back, a bot or a webhook is answered with, once. */
export interface Made {
  id?: string;
  link?: string;
  until?: number;
  person?: string;
  token?: string;
  url?: string;
}

// --- events -----------------------------------------------------------------------------------------------------------

interface Kept {
  room: string;
  seq: number;
  mid: string;
}

interface Told extends Kept {
  ts: number;
  from: From;
  cid?: string;
}

export interface Reaction {
  emoji: string;
  count: number;
  people: readonly string[];
}

export interface MessageEvent extends Told {
  ev: 'message';
  /** Missing when the message was deleted. */
  text?: string;
  reply_to?: number;
  edited?: number;
  deleted?: boolean;
  files?: SentFile[];
  /** Whom it means; or everybody. */
  mentions?: string[];
  mentions_all?: boolean;
  /** On a page only. */
  pinned?: boolean;
  reactions?: Reaction[];
}

/** What happened to the room, to its pins, or to who is what in it; stands in the log for itself, as a message does. */
export type RoomEvent = Told &
  (
    | { ev: 'created'; name: string }
    | { ev: 'joined' | 'left' }
    | { ev: 'topic'; text: string }
    | { ev: 'pin' | 'unpin'; target: number }
    | { ev: 'named'; name: string }
    | ({ ev: 'settings' } & Partial<Settings>)
    | { ev: 'added' | 'host' | 'unhost'; person: { id: string; name: string } }
    | { ev: 'removed'; person: { id: string; name: string }; reason?: string }
  );

/** What changes a message; on pages it is folded into the message. */
export type FoldEvent = Told &
  (
    | { ev: 'edit'; target: number; text?: string; deleted?: boolean }
    | { ev: 'delete'; target: number }
    | { ev: 'react' | 'unreact'; target: number; emoji: string }
  );

/** A kept event of a kind that this client does not know: it has its place in the count and nothing else. */
export type OtherEvent = Kept & { ev: 'other' };

export type Standing = MessageEvent | RoomEvent;
export type KeptEvent = Standing | FoldEvent | OtherEvent;

export interface HereEvent {
  ev: 'here';
  room: string;
  count: number;
  visitors: number;
  /** Left out of a large room's: ask. */
  people?: Person[];
}

export interface PresenceEvent {
  ev: 'presence';
  room: string;
  from: From;
  state: 'active' | 'idle' | 'offline';
  count: number;
  visitors: number;
}

export interface RenamedEvent {
  ev: 'renamed';
  room: string;
  from: From;
  was: string;
}

export interface ResetEvent {
  ev: 'reset';
  room: string;
  head: number;
  mid: string;
  reason: string;
}

export type PassingEvent =
  | HereEvent
  | PresenceEvent
  | RenamedEvent
  | ResetEvent
  | { ev: 'typing'; room: string; from: From }
  | { ev: 'read'; room: string; seq: number; unread?: number; mentions?: number }
  | { ev: 'level'; room: string; level: Level; unread: number; mentions: number }
  | { ev: 'room'; room: string; info: RoomInfo }
  | { ev: 'gone'; room: string; by?: From; reason?: string }
  | ({ ev: 'you' } & Rank)
  | ({ ev: 'server' } & ServerState)
  | { ev: 'ended'; reason: string }
  | { ev: 'ready' }
  | { ev: 'heartbeat'; ts: number }
  | { ev: 'goodbye'; retry_ms: number };

export type Frame =
  | { kind: 'reply'; reply: Reply }
  | { kind: 'kept'; event: KeptEvent }
  | { kind: 'passing'; event: PassingEvent };
