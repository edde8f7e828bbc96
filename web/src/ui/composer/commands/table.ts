// The commands there are, once: what each needs, and who may use it where (as the server judges it, see ../../rooms/rights).
// What they do is in obey.ts, what they are called in words.ts. Pure.

import type { ServerInfo, You } from '../../../sync/core';
import type { RoomView } from '../../../sync/room';
import { mayCreate } from '../../../sync/roles';
import { mayAdd, mayLeave, mayTopic } from '../../rooms/rights';

export interface Here {
  you: You;
  server: ServerInfo;
}

export interface Row {
  /** Whether something has to stand behind it. */
  needs: 'nothing' | 'something' | 'anything';
  /** What that begins with. */
  of?: 'person' | 'room';
  /** It takes a text of several lines. */
  lines?: true;
  /** It says something in this room. */
  says?: true;
  /** It needs no server at the moment. */
  alone?: true;
  may(here: Here, room: RoomView): boolean;
}

const always = (): boolean => true;

export const table = {
  msg: { needs: 'something', of: 'person', lines: true, may: mayCreate },
  join: { needs: 'something', of: 'room', may: always },
  nick: { needs: 'something', alone: true, may: always },
  topic: { needs: 'something', may: mayTopic },
  invite: { needs: 'something', of: 'person', may: mayAdd },
  search: { needs: 'something', alone: true, may: always },
  mute: { needs: 'nothing', may: (_, room) => room.level !== 'none' },
  unmute: { needs: 'nothing', may: (_, room) => room.level === 'none' },
  leave: { needs: 'nothing', may: (_, room) => mayLeave(room) },
  shrug: { needs: 'anything', lines: true, says: true, alone: true, may: always },
  help: { needs: 'nothing', alone: true, may: always },
} as const satisfies Record<string, Row>;

export type Name = keyof typeof table;

export const rowOf = (name: Name): Row => table[name];

/** What other programs call them. They work, but are not offered. */
const ALIASES: Record<string, Name> = { add: 'invite', dm: 'msg', find: 'search', name: 'nick', part: 'leave', whisper: 'msg' };

export function commandOf(word: string): Name | null {
  const name = word.toLowerCase();
  return Object.hasOwn(table, name) ? (name as Name) : Object.hasOwn(ALIASES, name) ? (ALIASES[name] as Name) : null;
}

/** Those that one may use in this room at the moment. */
export const offered = (here: Here, room: RoomView): Name[] => (Object.keys(table) as Name[]).filter((name) => rowOf(name).may(here, room));
