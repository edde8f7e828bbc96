// What one can do with the messages of a room, as the server will have it (src/chat/permission.c): only that is offered. Pure.

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
  members_only?: boolean | undefined;
  /** What guests may do: off, talk, all. */
  guests?: string | undefined;
}

const MODERATORS = new Set(['moderator', 'admin', 'owner']);

export function rightsIn(you: { role: string; muted: boolean }, room: Where, rules: Rules): Rights {
  const guest = you.role === 'guest';
  const moderator = MODERATORS.has(you.role);
  const host = room.host === true && !guest;
  const free = room.archived !== true && !you.muted && !(guest && rules.members_only === true);
  const heard = room.kind !== 'announcement' || host || moderator || you.role === 'bot';
  const member = you.role !== 'bot' && (!guest || rules.guests !== 'talk');
  return {
    react: free,
    speak: free && heard,
    edit: free,
    pin: free && heard && member,
    deleteAny: room.kind !== 'direct' && (moderator || host),
    report: you.role !== 'bot',
  };
}
