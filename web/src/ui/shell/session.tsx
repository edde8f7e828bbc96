// How the parts of the page reach the one session of this window.

import { createContext, useContext, useRef, useSyncExternalStore } from 'react';
import type { Session, Snapshot } from '../../sync/session';

const Context = createContext<Session | null>(null);

export const SessionProvider = Context.Provider;

export function useSession(): Session {
  const session = useContext(Context);
  if (!session) throw new Error('no session');
  return session;
}

/**
 * What `select` finds in the session. Drawn again only when that is another object, so select what is kept as it is
 * (a room, `you`, a number), and put nothing together in it.
 */
export function useView<T>(select: (snapshot: Snapshot) => T): T {
  const session = useSession();
  const chosen = useRef(select);
  chosen.current = select;
  const get = () => chosen.current(session.current());
  return useSyncExternalStore(session.subscribe, get, get);
}
