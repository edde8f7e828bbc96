// Which account this browser was last signed in to. Its session may end while nobody is here; then the server makes a guest
// of whoever comes back, and they should hear of that, once. Whoever goes out by themselves leaves no trace of it.

import { rankOf } from '../../sync/roles';
import type { Session } from '../../sync/session';
import { keep } from '../shell/browser';
import { ACCOUNT } from './traces';

/** Once for each person: what they have taken away when they go out does not come back. */
export function noteAccount(session: Session): void {
  let noted = '';
  const look = () => {
    const { id, role } = session.current().you;
    if (rankOf(role) < 1 || id === noted) return;
    noted = id;
    keep.set(ACCOUNT, id);
  };
  session.subscribe(look);
  look();
}

let lost = false;

/** Asked for a guest: whether they had one. The next page does not know it any more. */
export function lostAccount(): boolean {
  if (keep.get(ACCOUNT)) {
    keep.set(ACCOUNT, '');
    lost = true;
  }
  return lost;
}
