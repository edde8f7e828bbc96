// Who one is here, as the server judges it (src/chat/permission.c). It still has the last word.

import type { Snapshot } from '../../sync/session';

export type Me = Pick<Snapshot, 'you' | 'server'>;

const RANKS = ['guest', 'member', 'moderator', 'admin', 'owner'];

/** Guests may be let do all that members may. */
const rank = ({ you, server }: Me): number => RANKS.indexOf(you.role === 'guest' && server.guests === 'all' ? 'member' : you.role);

export const isMember = (me: Me): boolean => rank(me) >= 1;
export const isModerator = (me: Me): boolean => rank(me) >= 2;
export const isAdmin = (me: Me): boolean => rank(me) >= 3;

/** While the brake is on, guests read. */
export const isBraked = ({ you, server }: Me): boolean => you.role === 'guest' && server.members_only;

export const mayCreate = (me: Me): boolean => isMember(me) && !isBraked(me);
