// What one may do in a room, as the server judges it (src/chat/permission.c), so that nothing is offered that it would
// refuse. It still has the last word.

import { LOBBY } from '../../proto/v1';
import { isAdmin, isBraked, isMember, isModerator, isMuted, rankOf, type Me } from '../../sync/roles';

type In = { id: string; kind: string; host: boolean; archived: boolean };

const isNamed = (room: In): boolean => room.kind !== 'direct';
const hosts = (me: Me, room: In): boolean => (room.host && isMember(me)) || isAdmin(me);

export const mayLeave = (room: In): boolean => isNamed(room) && room.id !== LOBBY;
export const mayTopic = (me: Me, room: In): boolean => isMember(me) && !room.archived && !isBraked(me) && !isMuted(me) && maySpeak(me, room);
export const mayPin = mayTopic;
export const maySettle = (me: Me, room: In): boolean => isNamed(room) && hosts(me, room) && (room.id !== LOBBY || isAdmin(me));
export const mayRename = (me: Me, room: In): boolean => maySettle(me, room) && !room.archived && !isMuted(me);
export const mayArchive = (me: Me, room: In): boolean => maySettle(me, room) && room.id !== LOBBY;
/** Whether newcomers are in it is an admin's to say. */
export const mayOpen = (me: Me, room: In): boolean => isNamed(room) && isAdmin(me) && !room.archived;
export const mayHost = (me: Me, room: In): boolean => isNamed(room) && room.id !== LOBBY && hosts(me, room);

/** `other`: the role of whoever is to be taken out; a host need not count more than they. */
export function mayRemove(me: Me, room: In, other: string): boolean {
  if (!isNamed(room) || room.id === LOBBY) return false;
  if (room.host && isMember(me)) return true;
  return isModerator(me) && rankOf(other) <= rankOf(me.you.role);
}

export function mayAdd(me: Me, room: In): boolean {
  if (!isNamed(room) || room.id === LOBBY || room.archived || !isMember(me) || isBraked(me) || isMuted(me)) return false;
  return room.kind === 'public' || hosts(me, room);
}

function maySpeak(me: Me, room: In): boolean {
  return room.kind !== 'announcement' || isModerator(me) || (room.host && isMember(me)) || me.you.role === 'bot';
}
