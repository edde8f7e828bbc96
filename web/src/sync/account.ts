// Becoming somebody here, and ceasing to be: what the page asks of the HTTP API.

import { call, type Answer } from '../net/api';
import type { ErrorBody } from '../proto/v1';
import type { Keep } from './session';

/** What a link leads to, and who may come without one. */
export interface Door {
  kind: 'none' | 'invite' | 'reset' | 'owner';
  /** Who invites. */
  by: string;
  /** Whose password the link is for. */
  name: string;
  /** What the community is called; empty: it has no name of its own. */
  server: string;
  /** Anybody may make an account. */
  open: boolean;
  guests: boolean;
}

export interface Credentials {
  name: string;
  password: string;
  /** Of the second factor; empty: none. */
  code: string;
}

/** Whether there is a session now: after another password there is none where a second factor is on. */
export type Said = { error: ErrorBody } | { signedIn: boolean };

const KINDS = new Set<unknown>(['invite', 'reset', 'owner']);

/** What to show whoever comes with this token, which may be empty. */
export async function look(token: string): Promise<Door | { error: ErrorBody }> {
  const answer = await call('POST', 'links/look', token ? { token } : {});
  if ('error' in answer) return answer;
  const { kind, by, name, server_name: server, signup, guests } = answer.body;
  return {
    kind: KINDS.has(kind) ? (kind as Door['kind']) : 'none',
    by: typeof by === 'string' ? by : '',
    name: typeof name === 'string' ? name : '',
    server: typeof server === 'string' ? server : '',
    open: signup === 'open',
    guests: guests === true,
  };
}

/** A guest of this browser is somebody else from here on, with a session that only the cookie knows. */
function settled(keep: Keep, answer: Answer): Said {
  if ('error' in answer) return answer;
  keep.set('token', '');
  keep.set('name', '');
  keep.set('person', '');
  return { signedIn: typeof answer.body.session === 'string' };
}

export async function signIn(keep: Keep, { name, password, code }: Credentials): Promise<Said> {
  return settled(keep, await call('POST', 'session', { name, password, ...(code && { code }) }));
}

/** Makes an account; whoever is a guest here keeps what they are and what they said. */
export async function signUp(keep: Keep, { name, password }: Credentials, invite: string): Promise<Said> {
  const body = { name, password, ...(invite && { invite }) };
  return settled(keep, await call('POST', 'accounts', body, keep.get('token') ?? ''));
}

export async function reset(keep: Keep, token: string, password: string): Promise<Said> {
  return settled(keep, await call('POST', 'reset', { token, password }));
}

export async function signOut(keep: Keep): Promise<Said> {
  return settled(keep, await call('DELETE', 'session', {}, keep.get('token') ?? ''));
}

/** Whether this browser has a session of an account; a guest's is known to the page alone. */
export const isSignedIn = async (): Promise<boolean> => !('error' in (await call('GET', 'me')));
