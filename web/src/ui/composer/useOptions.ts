// What the list over the field offers.

import { useEffect, useMemo, useState } from 'react';
import { LOBBY } from '../../proto/v1';
import type { RoomView } from '../../sync/room';
import type { Session } from '../../sync/session';
import { isMember } from '../../sync/roles';
import { folded } from '../../text/rank';
import { emojiNow, loadEmoji, recentEmoji, toneNow, used } from '../emoji/emoji';
import { inTone, search, type Emoji } from '../emoji/find';
import { useSession, useView } from '../shell/session';
import { rankPeople, rankRooms, speakers, type Candidate } from './candidates';
import { everybody, membersOf } from './directory';
import { mayCallAll } from './rights';
import type { Trigger } from './trigger';
import { t, tn } from './words';

export interface Option {
  key: string;
  name: string;
  /** A short word beside it. */
  note?: string;
  /** A sign in front of it, or the person's face. */
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
  return trigger.kind === 'person' ? people : trigger.kind === 'room' ? rooms : emoji;
}

const isWhole = (name: string, query: string): boolean => folded(name) === folded(query);

// --- people ----------------------------------------------------------------------------------------------------------------

function usePeople(id: string, { kind, query }: Trigger): Option[] {
  const session = useSession();
  const you = useView((s) => s.you);
  const server = useView((s) => s.server);
  const room = useView((s) => s.rooms.find((r) => r.id === id));
  const asked = useAsked(session, room, kind === 'person' ? query : null, isMember({ you, server }));
  return useMemo(() => {
    if (kind !== 'person' || !room) return [];
    const all = known(room, asked).filter((c) => c.id !== you.id);
    const found = rankPeople(all, query, speakers(room.log.entries)).map((c) => personOption(c, query));
    const calls = mayCallAll(you, server) ? callOptions(room, query) : [];
    return [...found.slice(0, MOST - calls.length), ...calls];
  }, [kind, query, room, asked, you, server]);
}

interface Asked {
  members: readonly { id: string; name: string }[];
  /** There are no other members. */
  whole: boolean;
  others: readonly { id: string; name: string }[];
}

const unasked: Asked = { members: [], whole: false, others: [] };

function useAsked(session: Session, room: RoomView | undefined, query: string | null, member: boolean): Asked {
  const [asked, setAsked] = useState(unasked);
  const id = room?.id ?? '';
  const closed = room?.kind === 'direct' || id === LOBBY;
  useEffect(() => {
    if (query === null || id === '') return undefined;
    let gone = false;
    const ask = async () => {
      const { rows, whole } = await membersOf(session, id, query);
      if (gone) return;
      setAsked((was) => ({ ...was, members: rows, whole }));
      const fitting = rankPeople(rows.map(({ id: who, name }) => ({ id: who, name, inside: true })), query, []);
      if (closed || !member || query === '' || fitting.length >= FEW) return;
      const others = await everybody(session, query);
      if (!gone) setAsked((was) => ({ ...was, others }));
    };
    void ask();
    return () => void (gone = true);
  }, [session, id, query, closed, member]);
  return asked;
}

/** Those in the room, those who spoke in it, those asked for; each once. */
function known(room: RoomView, { members, whole, others }: Asked): Candidate[] {
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
  return [...all.values()];
}

const personOption = (c: Candidate, query: string): Option => ({
  key: c.id,
  name: c.name,
  face: 'person',
  put: `@${c.name}`,
  whole: isWhole(c.name, query),
  ...(c.inside ? {} : { note: t('not_in_room'), outside: c }),
});

function callOptions(room: RoomView, query: string): Option[] {
  const here = { name: 'here', note: tn('call_here', room.people.count) };
  const all = { name: 'room', note: t('call_room') };
  return [here, all]
    .filter(({ name }) => name.startsWith(query.toLowerCase()))
    .map(({ name, note }) => ({ key: name, name, note, face: '@', put: `@${name}`, whole: name === query }));
}

// --- rooms -----------------------------------------------------------------------------------------------------------------

function useRooms({ kind, query }: Trigger): Option[] {
  const rooms = useView((s) => s.rooms);
  return useMemo(() => {
    if (kind !== 'room') return [];
    const named = rooms.filter((r) => r.kind !== 'direct');
    return rankRooms(named, query).map((r) => ({
      key: r.id,
      name: r.name,
      note: r.topic,
      face: '#',
      put: `#${r.name}`,
      whole: isWhole(r.name, query),
    }));
  }, [kind, query, rooms]);
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
