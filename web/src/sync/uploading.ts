// What the outbox and whoever uploads files know of each other. A message with files stands in its room's lane from the
// moment that it was said; it goes out when each of its files has the id that the server gave it.

import type { ErrorBody } from '../proto/v1';
import type { Pending } from './outbox';

/** A file of a message that is still to be sent. */
export interface Attachment {
  /** Its own name in this browser, under which its bytes are kept. */
  key: string;
  name: string;
  type: string;
  bytes: number;
  width?: number;
  height?: number;
  alt: string;
  /** The server's id of it, once it is there. */
  id?: string;
}

/** The bytes of it, and a small picture where one was made. */
export interface Bytes {
  blob: Blob;
  thumbnail?: Blob;
}

/** What the one who uploads may use. */
export interface UploadHost {
  /** Null when the browser has lost them. */
  bytesOf(key: string): Promise<Bytes | null>;
  /** The server has it; when the last one of a message is there, the message goes. */
  done(cid: string, key: string, id: string): void;
  /** The message is shown as failed for this reason; `retry` begins again with what is missing. */
  failed(cid: string, error: ErrorBody): void;
  /** How far it is has changed: what is drawn is drawn again. */
  changed(): void;
}

export interface Uploader {
  /** The message waits for its files without an id. Said again for one that is under way already: after each reconnect. */
  upload(item: Pending): void;
  /** Nobody waits any more. */
  cancel(cid: string): void;
  /** Between 0 and 1, of a file that is under way. */
  progressOf(key: string): number;
}

export type MakeUploader = (host: UploadHost) => Uploader;
