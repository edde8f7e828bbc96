// Files to the server and back, as the one who is here: an account by its cookie, which the browser adds by itself, a guest
// by the token of this device.

import { discardFile, fetchFile, isGone, sendFile, sendThumbnail } from '../net/upload';
import type { Keep } from './core';
import type { Carrier } from './uploads';

export class FileAccess {
  constructor(private readonly keep: Keep) {}

  /** Empty: the browser's own requests show who asks. */
  get bearer(): string {
    return this.keep.get('token') ?? '';
  }

  /** `there`: a file of this browser's bears this id from now on. */
  carrier(there: Carrier['there']): Carrier {
    return {
      send: (head, bytes, onPart) => sendFile(this.bearer, head, bytes, onPart),
      sendThumbnail: (id, bytes) => sendThumbnail(this.bearer, id, bytes),
      discard: (id) => discardFile(this.bearer, id),
      there,
    };
  }

  /** A file whose address an `<img>` could not show; null where it cannot be had. */
  fetch(url: string): Promise<Blob | null> {
    return fetchFile(this.bearer, url);
  }

  /** Whether the server says that it is not there (any more). */
  isGone(url: string): Promise<boolean> {
    return isGone(this.bearer, url);
  }
}
