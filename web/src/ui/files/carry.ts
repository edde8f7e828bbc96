// The one queue of uploads of this page, and who asks the server for files: an account by its cookie, which the browser
// adds by itself, a guest by the token of this device.

import { discardFile, sendFile, sendThumbnail } from '../../net/upload';
import { Uploads } from '../../sync/uploads';
import { keep } from '../shell/browser';
import { rename } from './local';

export const bearer = (): string => keep.get('token') ?? '';

export const uploads = new Uploads({
  send: (head, bytes, onPart) => sendFile(bearer(), head, bytes, onPart),
  sendThumbnail: (id, bytes) => sendThumbnail(bearer(), id, bytes),
  discard: (id) => discardFile(bearer(), id),
  there: rename,
});

window.addEventListener('online', () => uploads.hurry());
