// What the list over the field offers.

import { useEffect, useMemo, useState } from 'react';
import { LOBBY, type Listed } from '../../proto/v1';
import type { RoomView } from '../../sync/room';
import type { Session } from '../../sync/session';
import { isMember } from '../../sync/roles';
import { folded } from '../../text/rank';
import { emojiNow, loadEmoji, recentEmoji, toneNow, used } from '../emoji/emoji';
import { inTone, search, type Emoji } from '../emoji/find';
import { useSession, useView } from '../shell/session';
import { rankPeople, rankRooms, speakers, type Candidate } from './candidates';
import { offered } from './commands/table';
import { about, takes } from './commands/words';
import { everybody, membersOf } from './directory';
import { mayCallAll } from './rights';
import type { Trigger } from './trigger';
import { t, tn } from './words';

export interface Option {
  key: string;
  name: string;
  /** What has to stand behind it. */
  takes?: string;
  /** A short word beside it. */
  note?: string;
  /** A sign in front of it, or the person's face; empty: none. */
  face: string;
  /** What is written for it. */
  put: string;
  /** It is written in full already. */
  whole: boolean;
  /** Whoever is not in the room. */
  outside?: Candidate;
  used?(): void;
}

const MOST = 8;
/** With fewer in the room that fit, those outside are looked for, too. */
const FEW = 3;

export function useOptions(room: string, trigger: Trigger): Option[] {
  const people = usePeople(room, trigger);
  const rooms = useRooms(trigger);
  const emoji = useEmoji(trigger);
  const commands = useCommands(room, trigger);
  return { person: people, room: rooms, emoji, command: commands }[trigger.kind];
}

const isWhole = (name: string, query: string): boolean => folded(name) === folded(query);

// --- people ----------------------------------------------------------------------------------------------------------------

function usePeople(id: string, { kind, query, of }: Trigger): Option[] {
  const session = useSession();
  const you = useView((s) => s.you);
  const server = useView((s) => s.server);
  const rooms = useView((s) => s.rooms);
  const room = rooms.find((r) => r.id === id);
  const asked = useAsked(session, room, kind === 'person' ? query : null, isMember({ you, server }), of !== undefined);
  return useMemo(() => {
    if (kind !== 'person' || !room) return [];
    // Who is in the room cannot be brought there.
    const elsewhere = of === undefined ? nowhere : rooms;
    const all = known(room, asked, elsewhere).filter((c) => c.id !== you.id && !(of === 'invite' && c.inside));
    const found = rankPeople(all, query, speakers(room.log.entries)).map((c) => personOption(c, query, of !== undefined));
    const calls = of === undefined && mayCallAll(you, server) ? callOptions(room, query) : [];
    return [...found.slice(0, MOST - calls.length), ...calls];
  }, [kind, query, of, room, rooms, asked, you, server]);
}

interface Asked {
  members: readonly { id: string; name: string }[];
  /** There are no other members. */
  whole: boolean;
  others: readonly { id: string; name: string }[];
}

const unasked: Asked = { members: [], whole: false, others: [] };

function useAsked(session: Session, room: RoomView | undefined, query: string | null, member: boolean, all: boolean): Asked {
  const [asked, setAsked] = useState(unasked);
  const id = room?.id ?? '';
  const closed = !all && (room?.kind === 'direct' || id === LOBBY);
  useEffect(() => {
    if (query === null || id === '') return undefined;
    let gone = false;
    const ask = async () => {
      const { rows, whole } = await membersOf(session, id, query);
      if (gone) return;
      setAsked((was) => ({ ...was, members: rows, whole }));
      const fitting = rankPeople(rows.map(({ id: who, name }) => ({ id: who, name, inside: true })), query, []);
      if (closed || !member || (!all && (query === '' || fitting.length >= FEW))) return;
      const others = await everybody(session, query);
      if (!gone) setAsked((was) => ({ ...was, others }));
    };
    void ask();
    return () => void (gone = true);
  }, [session, id, query, closed, member, all]);
  return asked;
}

const nowhere: readonly RoomView[] = [];

/** Those in the room, those who spoke in it, those asked for, those who are in other rooms; each once. */
function known(room: RoomView, { members, whole, others }: Asked, elsewhere: readonly RoomView[]): Candidate[] {
  const all = new Map<string, Candidate>();
  const add = (people: readonly { id: string; name: string; active?: boolean }[], inside: boolean) => {
    for (const { id, name } of people) if (!all.has(id)) all.set(id, { id, name, inside });
  };
  add(room.people.list, true);
  add(room.peers, true);
  add(members, true);
  const spoke = room.log.entries.flatMap((e) => (e.kind === 'message' && !e.from.visitor ? [e.from] : []));
  // Whoever spoke may have left since.
  add(spoke.toReversed(), !whole);
  add(others, false);
  for (const { people, peers } of elsewhere) add([...people.list, ...peers], false);
  return [...all.values()];
}

/** `silent`: one need not be in the room for it. */
const personOption = (c: Candidate, query: string, silent: boolean): Option => ({
  key: c.id,
  name: c.name,
  face: 'person',
  put: `@${c.name}`,
  whole: isWhole(c.name, query),
  ...(c.inside || silent ? {} : { note: t('not_in_room'), outside: c }),
});

function callOptions(room: RoomView, query: string): Option[] {
  const here = { name: 'here', note: tn('call_here', room.people.count) };
  const all = { name: 'room', note: t('call_room') };
  return [here, all]
    .filter(({ name }) => name.startsWith(query.toLowerCase()))
    .map(({ name, note }) => ({ key: name, name, note, face: '@', put: `@${name}`, whole: name === query }));
}

// --- rooms -----------------------------------------------------------------------------------------------------------------

function useRooms({ kind, query, of }: Trigger): Option[] {
  const own = useView((s) => s.rooms);
  const others = useJoinable(kind === 'room' && of === 'join');
  return useMemo(() => {
    if (kind !== 'room') return [];
    const named: readonly Listed[] = [...own.filter((r) => r.kind !== 'direct'), ...others.filter((r) => !own.some(({ id }) => id === r.id))];
    return rankRooms(named, query).map((r) => ({
      key: r.id,
      name: r.name,
      note: r.topic,
      face: '#',
      put: `#${r.name}`,
      whole: isWhole(r.name, query),
    }));
  }, [kind, query, own, others]);
}

const none: readonly Listed[] = [];

/** The first of the rooms that one may come into; whoever means another writes its name in full. */
function useJoinable(wanted: boolean): readonly Listed[] {
  const session = useSession();
  const [rooms, setRooms] = useState(none);
  useEffect(() => {
    let gone = false;
    const ask = async () => {
      const reply = await session.listRooms();
      if (!gone && !('error' in reply)) setRooms(reply.rooms);
    };
    if (wanted) void ask();
    return () => void (gone = true);
  }, [session, wanted]);
  return wanted ? rooms : none;
}

// --- commands --------------------------------------------------------------------------------------------------------------

function useCommands(id: string, { kind, query }: Trigger): Option[] {
  const you = useView((s) => s.you);
  const server = useView((s) => s.server);
  const room = useView((s) => s.rooms.find((r) => r.id === id));
  return useMemo(() => {
    if (kind !== 'command' || !room) return [];
    const wish = query.toLowerCase();
    return offered({ you, server }, room)
      .filter((name) => name.startsWith(wish))
      .map((name) => ({ key: name, name: `/${name}`, takes: takes(name), note: about(name), face: '', put: `/${name}`, whole: name === wish }));
  }, [kind, query, room, you, server]);
}

// --- emoji -----------------------------------------------------------------------------------------------------------------

function useEmoji({ kind, query }: Trigger): Option[] {
  const [all, setAll] = useState<readonly Emoji[]>(emojiNow() ?? []);
  useEffect(() => {
    let gone = false;
    // Without them one writes on as if there were none.
    if (kind === 'emoji') loadEmoji().then((list) => !gone && setAll(list), () => {});
    return () => void (gone = true);
  }, [kind]);
  return useMemo(() => {
    if (kind !== 'emoji') return [];
    return search(all, query, recentEmoji(), MOST).map((e) => {
      const glyph = inTone(e, toneNow());
      return { key: e.glyph, name: `:${e.names[0]}:`, face: glyph, put: glyph, whole: false, used: () => used(e.glyph) };
    });
  }, [kind, query, all]);
}
