// How the parts of the page reach the one session of this window.

import { createContext, useContext, useRef, useSyncExternalStore } from 'react';
import { t } from '../../i18n/t';
import { alike, type RoomView } from '../../sync/room';
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
 * (a room, `you`, a number), and put nothing together in it. What `same` takes for the same is not drawn again, either.
 */
export function useView<T>(select: (snapshot: Snapshot) => T, same: (a: T, b: T) => boolean = Object.is): T {
  const session = useSession();
  const chosen = useRef(select);
  chosen.current = select;
  const kept = useRef<{ value: T } | null>(null);
  const get = () => {
    const value = chosen.current(session.current());
    if (!kept.current || !same(kept.current.value, value)) kept.current = { value };
    return kept.current.value;
  };
  return useSyncExternalStore(session.subscribe, get, get);
}

/** What the community is called. */
export const useCalled = (): string => useView((s) => s.server.name) || t('app');

/**
 * A room that one is in, for who draws nothing of what was said in it: the same object while messages come and are read.
 * Who draws from its log, or says when something last happened, asks `useView` for that.
 */
export const useRoom = (id: string): RoomView | null => useView((s) => s.rooms.find((r) => r.id === id) ?? null, alike);

/** All of them in the same way. */
export const useRooms = (): readonly RoomView[] => useView((s) => s.rooms, allAlike);

const allAlike = (a: readonly RoomView[], b: readonly RoomView[]): boolean =>
  a === b || (a.length === b.length && a.every((room, i) => alike(room, b[i] ?? null)));
