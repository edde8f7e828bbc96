// Who one is here, as the server judges it (src/chat/permission.c), which still has the last word.

import type { ServerInfo, You } from './core';

export interface Me {
  you: Pick<You, 'role' | 'muted_until'>;
  server: Pick<ServerInfo, 'guests' | 'members_only'>;
}

const RANKS = ['guest', 'member', 'moderator', 'admin', 'owner'];

/** What a role counts; below zero: a bot, which counts nothing among people. */
export const rankOf = (role: string): number => RANKS.indexOf(role);

/** Whether there is anything to administer for somebody of this role. */
export const holdsOffice = (role: string): boolean => rankOf(role) >= 2;

/** Guests may be let do all that members may. */
const rank = ({ you, server }: Me): number => rankOf(you.role === 'guest' && server.guests === 'all' ? 'member' : you.role);

export const isMember = (me: Me): boolean => rank(me) >= 1;
export const isModerator = (me: Me): boolean => rank(me) >= 2;
export const isAdmin = (me: Me): boolean => rank(me) >= 3;

/** While the brake is on, guests read. */
export const isBraked = ({ you, server }: Me): boolean => you.role === 'guest' && server.members_only;

/** A mute or a ban without an end ends at the last moment that a date can be. */
export const FOR_EVER = 8_640_000_000_000_000;

export const isMuted = ({ you }: Me): boolean => (you.muted_until ?? 0) > Date.now();

export const mayCreate = (me: Me): boolean => isMember(me) && !isBraked(me) && !isMuted(me);
