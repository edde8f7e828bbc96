// One's own account, for whoever is somebody here already: what is said over HTTP only, since it is about passwords.

import { call } from '../net/api';
import type { ErrorBody } from '../proto/v1';
import type { Keep } from './session';

type Failed = { error: ErrorBody };
type Done = Failed | { body: object };

/** How one's account is kept safe. */
export interface Safety {
  /** There is a password: guests have none. */
  password: boolean;
  /** A second factor is on. */
  factor: boolean;
}

const text = (v: unknown): string => (typeof v === 'string' ? v : '');

/** The requests of one person, who shows a session: a guest the token that is kept here, an account its cookie. */
export class Myself {
  constructor(private readonly keep: Keep) {}

  async safety(): Promise<Safety | Failed> {
    const answer = await this.ask('GET', 'me');
    if ('error' in answer) return answer;
    return { password: answer.body.password === true, factor: answer.body.totp === true };
  }

  /** All other sessions end by it. */
  setPassword(old: string, next: string): Promise<Done> {
    return this.ask('POST', 'me/password', { password: old, new_password: next });
  }

  /** A secret for an authenticator app. Nothing is kept of it before `factorOn`. */
  async newFactor(): Promise<{ secret: string; uri: string } | Failed> {
    const answer = await this.ask('POST', 'me/totp');
    return 'error' in answer ? answer : { secret: text(answer.body.secret), uri: text(answer.body.uri) };
  }

  /** The recovery codes, which are told this once. */
  async factorOn(secret: string, code: string, password: string): Promise<{ codes: string[] } | Failed> {
    const answer = await this.ask('PUT', 'me/totp', { secret, code, password });
    if ('error' in answer) return answer;
    const { codes } = answer.body;
    return { codes: Array.isArray(codes) ? codes.map(text) : [] };
  }

  factorOff(password: string): Promise<Done> {
    return this.ask('DELETE', 'me/totp', { password });
  }

  /** The account goes; what was said stays, without a name. */
  leave(password: string): Promise<Done> {
    return this.ask('POST', 'me/leave', { password });
  }

  private ask(method: string, path: string, body: object = {}) {
    return call(method, path, body, this.keep.get('token') ?? '');
  }
}
