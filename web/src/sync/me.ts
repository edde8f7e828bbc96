// One's own account, for whoever is somebody here already: what the page asks of the HTTP API about the profile, the
// password, the second factor, the sessions and the files.

import { call } from '../net/api';
import type { ErrorBody } from '../proto/v1';
import type { Keep } from './session';

export type Failed = { error: ErrorBody };
export type Done = Failed | Record<never, never>;

export interface Me {
  id: string;
  name: string;
  role: string;
  /** How one wants to be called beside the name; may be empty. */
  display: string;
  /** As #rrggbb; empty: the one that the id gives. */
  color: string;
  /** Whether there is a password: guests have none. */
  password: boolean;
  /** Whether a second factor is on. */
  totp: boolean;
}

export interface SignedIn {
  id: string;
  /** What the server makes of the browser's name, as "Chrome on Linux". */
  device: string;
  created: number;
  used: number;
  current: boolean;
}

export interface OwnFile {
  id: string;
  name: string;
  type: string;
  bytes: number;
  created: number;
  /** Where it was sent; empty: nowhere yet. */
  room: string;
  seq: number;
}

/** Rows from the newest, and whether there are older ones. */
export interface Listing<T> {
  rows: T[];
  more: boolean;
}

type Json = Record<string, unknown>;

const text = (v: unknown): string => (typeof v === 'string' ? v : '');
const number = (v: unknown): number => (typeof v === 'number' ? v : 0);

/** The requests of one person, who shows a session: a guest the token that is kept here, an account its cookie. */
export class Myself {
  constructor(private readonly keep: Keep) {}

  async me(): Promise<Me | Failed> {
    const answer = await this.ask('GET', 'me');
    if ('error' in answer) return answer;
    const { id, name, role, display, color, password, totp } = answer.body;
    return {
      id: text(id),
      name: text(name),
      role: text(role),
      display: text(display),
      color: text(color),
      password: password === true,
      totp: totp === true,
    };
  }

  profile(display: string, color: string): Promise<Done> {
    return this.ask('PATCH', 'me', { display, color });
  }

  /** All other sessions end by it. */
  password(old: string, next: string): Promise<Done> {
    return this.ask('POST', 'me/password', { password: old, new_password: next });
  }

  /** A secret for an authenticator app. Nothing is kept of it before `factorOn`. */
  async newFactor(): Promise<{ secret: string; uri: string } | Failed> {
    const answer = await this.ask('POST', 'me/totp', {});
    return 'error' in answer ? answer : { secret: text(answer.body.secret), uri: text(answer.body.uri) };
  }

  /** The recovery codes, which are told this once. */
  async factorOn(secret: string, code: string, password: string): Promise<{ codes: string[] } | Failed> {
    const answer = await this.ask('PUT', 'me/totp', { secret, code, password });
    if ('error' in answer) return answer;
    return { codes: Array.isArray(answer.body.codes) ? answer.body.codes.map(text) : [] };
  }

  factorOff(password: string): Promise<Done> {
    return this.ask('DELETE', 'me/totp', { password });
  }

  /** The account goes; what was said stays, without a name. */
  leave(password: string): Promise<Done> {
    return this.ask('POST', 'me/leave', { password });
  }

  sessions(after = ''): Promise<Listing<SignedIn> | Failed> {
    return this.list('sessions', after, (row) => ({
      id: text(row.id),
      device: text(row.device),
      created: number(row.created),
      used: number(row.used),
      current: row.current === true,
    }));
  }

  endSession(id: string): Promise<Done> {
    return this.ask('DELETE', `sessions/${id}`, {});
  }

  endOtherSessions(): Promise<Done> {
    return this.ask('DELETE', 'sessions', {});
  }

  files(after = ''): Promise<Listing<OwnFile> | Failed> {
    return this.list('files', after, (row) => ({
      id: text(row.id),
      name: text(row.name),
      type: text(row.type),
      bytes: number(row.bytes),
      created: number(row.created),
      room: text(row.room),
      seq: number(row.seq),
    }));
  }

  endFile(id: string): Promise<Done> {
    return this.ask('DELETE', `files/${id}`, {});
  }

  private async list<T>(what: string, after: string, rowOf: (row: Json) => T): Promise<Listing<T> | Failed> {
    const answer = await this.ask('GET', after ? `${what}?after=${encodeURIComponent(after)}` : what);
    if ('error' in answer) return answer;
    const { rows, more } = answer.body;
    return { rows: Array.isArray(rows) ? rows.map((row) => rowOf(row as Json)) : [], more: more === true };
  }

  private ask(method: string, path: string, body?: object) {
    return call(method, path, body, this.keep.get('token') ?? '');
  }
}
