// What begins when the page has been drawn and the network is free.

import type { Session } from '../../sync/session';
import { noteAccount } from '../account/lost';
import { guardDrops } from '../files/guard';
import { beginAttention } from '../notify/attention';
import { beginCalled } from '../notify/called';
import { go } from './route';
import { beginSwipe } from './swipe';
import { startWorker } from './worker';

/** `session`: null on the way in, where there is none yet. */
export function beginAfter(session: Session | null): void {
  startWorker(go);
  guardDrops();
  beginSwipe();
  if (!session) return;
  beginAttention(session);
  beginCalled();
  noteAccount(session);
}
