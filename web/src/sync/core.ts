// What the parts of a session share: the state of one person in one window, and two ways out of it: to the server, and to
// whoever draws. Each part changes its own piece of it; nobody else does.

import type { Phase, Wire } from '../net/socket';
import { LOBBY, type Command, type ErrorBody, type HelloReply, type Limits, type Reply } from '../proto/v1';
import type { Room } from './room';
import type { TabParts } from './tabs';
import type { MakeUploader } from './uploading';

export interface You {
  id: string;
  name: string;
  /** Empty before anything is known. */
  role: string;
  display?: string;
  color?: string;
  muted_until?: number;
  /** The id of this session, as the list of sessions has it. */
  session?: string;
  /** This one connection. */
  client?: string;
}

export type ServerInfo = HelloReply['server'];

/** Small texts that outlive the page. */
export interface Keep {
  get(key: string): string | null;
  set(key: string, value: string): void;
}

export interface SessionParts {
  url: string;
  keep: Keep;
  /** Calls back once, soon: with the next frame in a page. */
  schedule(run: () => void): void;
  randomHex(bytes: number): string;
  active: boolean;
  wire?: (url: string, subprotocol: string) => Wire;
  /** The name of the database in this browser; without one nothing but `keep` outlives the page. */
  database?: string;
  tabs?: TabParts;
  /** Calls back when there is time for what nobody waits for. */
  idle?(run: () => void): void;
  uploader?: MakeUploader;
}

/** Somebody has taken me out of a room. */
export interface Removal {
  room: string;
  title: string;
  by: string;
  /** Empty: none was given. */
  reason: string;
}

export interface Core {
  readonly parts: SessionParts;
  rooms: Map<string, Room>;
  openId: string;
  you: You;
  limits: Limits;
  server: ServerInfo;
  /** The last one of this page. */
  removed: Removal | null;
  phase: Phase;
  /** Whether somebody looks at this window. */
  active: boolean;
  /** False when there is no connection, or hello is not answered yet; then `onReply` is never called. */
  request(command: Command, onReply: (reply: Reply) => void): boolean;
  changed(): void;
}

/** Nobody yet, in no room, with the limits that every server is likely to have. */
export function newCore(parts: SessionParts): Core {
  return {
    parts,
    rooms: new Map(),
    openId: LOBBY,
    you: { id: '', name: parts.keep.get('name') ?? '', role: '' },
    limits: { message_bytes: 65_536, name_chars: 40, topic_chars: 250, page: 100 },
    server: { members_only: false, slow_ms: 0, name: '', signup: '', guests: '' },
    removed: null,
    phase: { at: 'connecting' },
    active: parts.active,
    request: () => false,
    changed: () => {},
  };
}

export const open = (core: Core): Room | undefined => core.rooms.get(core.openId);
export const errorOf = (reply: Reply): ErrorBody => ('error' in reply ? reply.error : { code: 'unknown', message: '' });
export const closed: ErrorBody = { code: 'closed', message: '' };
