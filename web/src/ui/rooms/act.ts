// Doing something to a room, and saying so when it did not work.

import { reasonOf, t as core } from '../../i18n/t';
import { LOBBY, type Change, type ErrorBody, type Level } from '../../proto/v1';
import type { RoomView } from '../../sync/room';
import type { Session } from '../../sync/session';
import { copyText } from '../kit/copy';
import { toast } from '../kit/toast';
import { go, hrefOf, routeOf } from '../shell/route';
import { texts } from './texts';

const { t } = texts;

export const failed = (error: ErrorBody): string => core('did_not_work', { reason: reasonOf(error) });

/** Changes a room; what the server says against it, or null. */
export async function change(session: Session, room: string, what: Change): Promise<string | null> {
  const result = await session.submit(what, room);
  return 'error' in result ? failed(result.error) : null;
}

export async function setLevel(session: Session, room: string, level: Level): Promise<void> {
  const result = await session.setLevel(room, level);
  if ('error' in result) toast(failed(result.error));
}

/** Brings people into a room one after the other; whom it could not, from the first one on, and why. */
export async function addAll<P extends { id: string }>(
  session: Session,
  room: string,
  people: readonly P[],
): Promise<{ left: readonly P[]; said: string }> {
  const [first, ...others] = people;
  if (!first) return { left: [], said: '' };
  const said = await change(session, room, { op: 'add', person: first.id });
  return said ? { left: people, said } : addAll(session, room, others);
}

/** Goes out of a room; whoever looks at it is taken to the lobby. */
export async function leave(session: Session, room: RoomView): Promise<void> {
  const route = routeOf(new URL(location.href));
  const looking = route.at === 'room' && route.room === room.id;
  const said = await change(session, room.id, { op: 'leave' });
  if (said) return toast(said);
  if (looking) go(hrefOf(LOBBY));
  return toast(t('left', { room: room.title }));
}

export async function copyRoomLink(path: string): Promise<void> {
  const done = await copyText(new URL(path, location.href).href);
  toast(t(done ? 'link_copied' : 'link_not_copied'));
}
