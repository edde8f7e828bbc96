// Doing what a command says.

import { reasonOf, t as core } from '../../../i18n/t';
import type { Level } from '../../../proto/v1';
import { closed } from '../../../sync/core';
import { pages } from '../../../sync/pages';
import type { RoomView } from '../../../sync/room';
import type { Failed, Session } from '../../../sync/session';
import { chars, cleanLine } from '../../../text/clean';
import { folded } from '../../../text/rank';
import { toast } from '../../kit/toast';
import { change, failed, leave } from '../../rooms/act';
import { go, hrefOf } from '../../shell/route';
import { show } from '../../shell/surface';
import { everybody, membersOf } from '../directory';
import { meaningOf, named } from './parse';
import { rowOf, type Name } from './table';
import { t, takes } from './words';

/** What becomes of the text: it stays, and something is said about it; or this is what is to be said; or it is done. */
export type Outcome = { wrong: string } | { say: string } | null;

interface Asked {
  session: Session;
  room: RoomView;
  rest: string;
}

type Doing = (asked: Asked) => Outcome | Promise<Outcome>;

const SHRUG = '¯\\_(ツ)_/¯';

export async function obey(session: Session, id: string, text: string): Promise<Outcome> {
  const meaning = meaningOf(text);
  if (meaning.kind === 'message') return { say: meaning.text };
  if (meaning.kind === 'wrong') return { wrong: t(meaning.why, { word: meaning.word, takes: 'name' in meaning ? takes(meaning.name) : '' }) };
  const { name, rest } = meaning;
  const now = session.current();
  const room = now.rooms.find((r) => r.id === id);
  const row = rowOf(name);
  if (!room || (!row.alone && now.phase.at !== 'ready')) return { wrong: failed(closed) };
  if (!row.may(now, room)) return { wrong: t('not_here', { word: name }) };
  return doings[name]({ session, room, rest });
}

const said = (error: string | null): Outcome => (error === null ? null : { wrong: error });

const doings: Record<Name, Doing> = {
  async msg({ session, room, rest }) {
    const found = await personIn(session, room, rest);
    if (!found) return nobody(rest);
    const result = await session.submit({ op: 'direct', people: [found.one.id] });
    if ('error' in result) return { wrong: failed(result.error) };
    const direct = result.ok.room;
    session.open(direct);
    // What is too long to be sent is there to be shortened.
    if (found.text !== '' && session.post(found.text) === 'too_long') session.drafts.set(direct, { text: found.text, replyTo: null });
    go(hrefOf(direct));
    return null;
  },

  async join({ session, rest }) {
    const id = await roomCalled(session, rest.replace(/^#/, ''));
    if (id === null) return { wrong: t('no_room', { name: rest }) };
    if (typeof id === 'object') return { wrong: failed(id.error) };
    const inside = session.current().rooms.some((r) => r.id === id);
    const error = inside ? null : await change(session, id, { op: 'join' });
    if (error === null) go(hrefOf(id));
    return said(error);
  },

  nick({ session, rest }) {
    const name = cleanLine(rest);
    const { name_chars: most } = session.current().limits;
    if (chars(name) > most) return { wrong: core('name_long', { count: most }) };
    return new Promise((resolve) => {
      session.rename(name, (result) => {
        if ('error' in result) return resolve({ wrong: failed(result.error) });
        // Somebody may bear it: then the server has given another.
        toast(result.name === name ? t('nick_done', { name }) : core('name_taken', { name: result.name }));
        return resolve(null);
      });
    });
  },

  async topic({ session, room, rest }) {
    const error = await change(session, room.id, { op: 'topic', text: cleanLine(rest) });
    if (error === null) toast(t('topic_done'));
    return said(error);
  },

  async invite({ session, room, rest }) {
    const found = await personIn(session, room, rest);
    if (!found || found.text !== '') return nobody(rest);
    const error = await change(session, room.id, { op: 'add', person: found.one.id });
    if (error === null) toast(t('invite_done', { name: found.one.name }));
    return said(error);
  },

  search({ rest }) {
    go(`/search?q=${encodeURIComponent(rest)}`);
    return null;
  },

  mute: (asked) => level(asked, 'none', 'mute_done'),
  unmute: (asked) => level(asked, 'all', 'unmute_done'),

  leave({ session, room }) {
    // It says itself what came of it.
    void leave(session, room);
    return null;
  },

  shrug: ({ rest }) => ({ say: rest === '' ? SHRUG : `${rest} ${SHRUG}` }),

  help() {
    show('shortcuts', {});
    return null;
  },
};

const nobody = (rest: string): Outcome => ({ wrong: t('nobody', { name: rest.replace(/^@/, '').split('\n', 1)[0] ?? '' }) });

async function level({ session, room }: Asked, to: Level, done: 'mute_done' | 'unmute_done'): Promise<Outcome> {
  const result = await session.setLevel(room.id, to);
  if ('error' in result) return { wrong: core('did_not_work', { reason: reasonOf(result.error) }) };
  toast(t(done, { room: room.title }));
  return null;
}

interface Person {
  id: string;
  name: string;
}

/** Whom the text begins with: among those whom the page knows, those in the room, and everybody. */
async function personIn(session: Session, room: RoomView, rest: string): Promise<{ one: Person; text: string } | null> {
  const begin = rest.replace(/^@/, '').split(/\s/, 1)[0] ?? '';
  const [members, others] = await Promise.all([membersOf(session, room.id, begin), everybody(session, begin)]);
  const { rooms, you } = session.current();
  const seen = rooms.flatMap((r): readonly Person[] => (r.people.list as readonly Person[]).concat(r.peers));
  const spoke = room.log.entries.flatMap((e) => (e.kind === 'message' && !e.from.visitor ? [e.from] : []));
  // Who spoke may have had another name then.
  const all = [...seen, ...members.rows, ...others, ...spoke.toReversed()];
  return named(rest, all.filter((p) => p.id !== you.id));
}

/** The room of that name that one is in or may come into. */
async function roomCalled(session: Session, name: string): Promise<string | null | Failed> {
  const wish = folded(name);
  const own = session.current().rooms.find((r) => r.id === name || folded(r.title) === wish);
  if (own) return own.id;
  let found: string | null = null;
  const ask = async (after: string) => {
    const reply = await session.listRooms(after);
    return 'error' in reply ? reply : { rows: reply.rooms, more: reply.more };
  };
  const end = await pages(ask, (rows) => {
    found = rows.find((r) => folded(r.name) === wish)?.id ?? null;
    return found === null;
  });
  return 'error' in end ? end : (found as string | null);
}
