// The HTTP API, for what is never said over the socket: passwords, and what makes or ends a session. The session itself
// is a cookie that no script can read.

import type { ErrorBody } from '../proto/v1';

export type Answer = { body: Record<string, unknown> } | { error: ErrorBody };

/** The server may have a queue of passwords to check; beyond this nobody waits. */
const ANSWER_MS = 60_000;

const text = (v: unknown): string => (typeof v === 'string' ? v : '');

/** Says something to the server, or asks (GET has no body). Never throws: without an answer the error is `closed`. */
export async function call(method: string, path: string, body: object = {}, bearer = ''): Promise<Answer> {
  try {
    const response = await fetch(`/api/v1/${path}`, {
      method,
      headers: { 'Content-Type': 'application/json', ...(bearer && { Authorization: `Bearer ${bearer}` }) },
      ...(method !== 'GET' && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    const said = (await response.json().catch(() => ({}))) as Record<string, unknown>;
    if (response.ok) return { body: said };
    return { error: { code: text(said.code) || `http_${response.status}`, message: text(said.detail) } };
  } catch {
    return { error: { code: 'closed', message: '' } };
  }
}
