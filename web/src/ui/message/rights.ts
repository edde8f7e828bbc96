// What one can do with the messages of a room, as the server will have it (src/chat/permission.c): only that is offered. Pure.

import { holdsOffice, isMember } from '../../sync/roles';

export interface Rights {
  react: boolean;
  /** Say something, and so answer. */
  speak: boolean;
  edit: boolean;
  pin: boolean;
  /** What others have said, too. */
  deleteAny: boolean;
  report: boolean;
}

export interface Who {
  role: string;
  muted_until?: number | undefined;
}

export interface Where {
  kind: string;
  archived?: boolean | undefined;
  host?: boolean | undefined;
}

export interface Rules {
  members_only: boolean;
  /** What guests may do: off, talk, all. */
  guests: string;
}

export function rightsIn(you: { role: string; muted: boolean }, room: Where, rules: Rules): Rights {
  const guest = you.role === 'guest';
  const moderator = holdsOffice(you.role);
  const member = isMember({ you, server: rules });
  const host = room.host === true && member;
  const free = room.archived !== true && !you.muted && !(guest && rules.members_only);
  const heard = room.kind !== 'announcement' || host || moderator || you.role === 'bot';
  return {
    react: free,
    speak: free && heard,
    edit: free,
    pin: free && heard && member,
    deleteAny: room.kind !== 'direct' && (moderator || host),
    report: you.role !== 'bot',
  };
}
