// The one queue of uploads of this page, and the way to files that are there.

import { FileAccess } from '../../sync/file_access';
import { Uploads } from '../../sync/uploads';
import { keep } from '../shell/browser';
import { rename } from './local';

export const access = new FileAccess(keep);
export const uploads = new Uploads(access.carrier(rename));

window.addEventListener('online', () => uploads.hurry());
