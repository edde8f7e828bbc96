// Files on their way to the server, and back for those whom the browser's own requests do not show to be who they are.

import type { ErrorBody } from '../proto/v1';

export interface FileHead {
  name: string;
  type: string;
  width?: number;
  height?: number;
}

/** `bearer`: the token of a guest; empty: the cookie says who asks. */
type Bearer = string;

export type Sent = { id: string } | { error: ErrorBody };

export interface Transfer {
  done: Promise<Sent>;
  stop(): void;
}

const unheard: ErrorBody = { code: 'closed', message: '' };

/** Sends a file. Never fails otherwise than by its answer: without one the error is `closed`, stopped it is `stopped`. */
export function sendFile(bearer: Bearer, head: FileHead, bytes: Blob, onPart: (part: number) => void): Transfer {
  const about = new URLSearchParams({ name: head.name });
  if (head.width && head.height) {
    about.set('width', String(head.width));
    about.set('height', String(head.height));
  }
  return send(bearer, `files?${about}`, head.type, bytes, onPart);
}

export function sendThumbnail(bearer: Bearer, id: string, bytes: Blob): Transfer {
  return send(bearer, `files/${id}/thumbnail`, bytes.type, bytes, () => {});
}

/** By XMLHttpRequest: fetch does not tell how much of a body has gone. */
function send(bearer: Bearer, path: string, type: string, bytes: Blob, onPart: (part: number) => void): Transfer {
  const xhr = new XMLHttpRequest();
  xhr.open('POST', `/api/v1/${path}`);
  xhr.responseType = 'json';
  xhr.setRequestHeader('Content-Type', type || 'application/octet-stream');
  if (bearer) xhr.setRequestHeader('Authorization', `Bearer ${bearer}`);
  xhr.upload.onprogress = (e) => e.lengthComputable && e.total > 0 && onPart(e.loaded / e.total);
  const done = new Promise<Sent>((tell) => {
    xhr.onload = () => tell(sentOf(xhr.status, xhr.response));
    xhr.onerror = xhr.ontimeout = () => tell({ error: unheard });
    xhr.onabort = () => tell({ error: { code: 'stopped', message: '' } });
  });
  xhr.send(bytes);
  return { done, stop: () => xhr.abort() };
}

function sentOf(status: number, response: unknown): Sent {
  const said = (response ?? {}) as { file?: { id?: unknown }; code?: unknown; detail?: unknown; retry_ms?: unknown };
  if (status === 204) return { id: '' };
  if (status === 201 && typeof said.file?.id === 'string') return { id: said.file.id };
  const error: ErrorBody = {
    // A proxy that does not let it through has no words of ours.
    code: typeof said.code === 'string' ? said.code : status === 413 ? 'too_large' : `http_${status}`,
    message: typeof said.detail === 'string' ? said.detail : '',
  };
  if (typeof said.retry_ms === 'number') error.retry_ms = said.retry_ms;
  return { error };
}

/** A file that is in no message goes at once, instead of after a day. Nobody waits for it. */
export function discardFile(bearer: Bearer, id: string): void {
  const headers = { 'Content-Type': 'application/json', ...(bearer && { Authorization: `Bearer ${bearer}` }) };
  void fetch(`/api/v1/files/${id}`, { method: 'DELETE', headers, body: '{}', keepalive: true }).catch(() => {});
}

/** A file by whoever has a token, which an `<img>` could not show. */
export async function fetchFile(bearer: Bearer, url: string): Promise<Blob | null> {
  try {
    const response = await fetch(url, bearer ? { headers: { Authorization: `Bearer ${bearer}` } } : {});
    return response.ok ? await response.blob() : null;
  } catch {
    return null;
  }
}

/** Whether the server says that a file is not there (any more). */
export async function isGone(bearer: Bearer, url: string): Promise<boolean> {
  try {
    const headers: Record<string, string> = bearer ? { Authorization: `Bearer ${bearer}` } : {};
    return (await fetch(url, { method: 'HEAD', headers })).status === 404;
  } catch {
    return false;
  }
}
