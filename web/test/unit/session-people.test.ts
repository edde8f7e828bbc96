import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Session } from '../../src/sync/session';
import { Hub } from './fake-hub';
import { done, garden, kinds, memory, roomOf, start, wait } from './session-rig';

beforeEach(() => {
  vi.useFakeTimers();
  vi.setSystemTime(1_700_000_000_000);
});
afterEach(() => void vi.useRealTimers());

describe('read marks', () => {
  test('what was unread while away is what the server counts, without a page being read for it', async () => {
    const hub = new Hub();
    const room = garden(hub);
    for (let i = 0; i < 3; i++) hub.other(`${i}`, undefined, room);
    hub.does({ ev: 'react', target: 3, emoji: 'x' }, room);
    room.reads.set('me', 2);
    const session = start(hub);
    await wait(200);
    expect(roomOf(session, 'garden')).toMatchObject({ unread: 3, mentions: 0 });
    expect(hub.histories).toEqual([]);
    hub.does({ ev: 'message', text: '@Me', mentions: ['me'] }, room);
    await wait(50);
    expect(roomOf(session, 'garden')).toMatchObject({ unread: 4, mentions: 1 });
  });

  test('move while one looks at the end, and not otherwise', async () => {
    const hub = new Hub();
    const session = start(hub);
    await wait(100);
    const reads = () => hub.asked.filter((o) => o.op === 'read').map((o) => o.seq);
    hub.other('seen');
    await wait(1000);
    expect(roomOf(session).unread).toBe(0);
    expect(reads()).toEqual([1]);
    session.setActive(false);
    hub.other('unseen');
    await wait(1000);
    expect(roomOf(session).unread).toBe(1);
    session.setActive(true);
    await wait(1000);
    expect(reads()).toEqual([1, 2]);
    session.reading(0);
    hub.other('below');
    await wait(1000);
    expect(roomOf(session).unread).toBe(1);
    session.reading(Infinity);
    await wait(1000);
    expect(reads()).toEqual([1, 2, 3]);
    expect(hub.lobby.reads.get('me')).toBe(3);
  });

  test('are shared by one person\'s devices, and survive a cut', async () => {
    const hub = new Hub();
    garden(hub);
    const one = start(hub);
    const two = start(hub, memory(), false);
    await wait(100);
    hub.other('x');
    await wait(10);
    expect(roomOf(two).unread).toBe(0);
    await wait(40);
    expect(roomOf(two).unread).toBe(1);
    await wait(1000);
    expect(roomOf(two).unread).toBe(0);
    hub.cutAll();
    hub.down = true;
    one.kick();
    await wait(100);
    hub.other('y');
    hub.down = false;
    await wait(10_000);
    expect(hub.lobby.reads.get('me')).toBe(2);
    expect(roomOf(one).unread).toBe(0);
    expect(roomOf(two).unread).toBe(0);
  });
});

describe('who is here and what they do', () => {
  test('is asked when a room is opened and after each reconnect, and told by presence', async () => {
    const hub = new Hub();
    garden(hub);
    const session = start(hub);
    await wait(100);
    expect(session.current().room?.people.list).toHaveLength(1);
    hub.spread({ ev: 'presence', room: 'lobby', from: { id: 'bob', name: 'Bob' }, state: 'active', count: 2, visitors: 0 });
    await wait(50);
    expect(session.current().room?.people.list).toHaveLength(2);
    expect(kinds(session)).toEqual(['notices']);
    hub.spread({ ev: 'presence', room: 'lobby', from: { id: 'bob', name: 'Bob' }, state: 'idle', count: 2, visitors: 0 });
    hub.spread({ ev: 'presence', room: 'garden', from: { id: 'bob', name: 'Bob' }, state: 'active', count: 2, visitors: 0 });
    await wait(50);
    expect(roomOf(session).log.entries).toMatchObject([{ items: [{ what: 'joined', name: 'Bob' }] }]);
    expect(roomOf(session, 'garden').log.entries.some((e) => e.kind === 'notices')).toBe(false);
    hub.people = [];
    hub.cutAll();
    await wait(3000);
    expect(session.current().room?.people.list).toEqual([]);
  });

  test('a large room tells only how many are here, and is asked who they are now and then', async () => {
    const hub = new Hub();
    const session = start(hub);
    await wait(100);
    const asked = () => hub.frames.filter((f) => f.op === 'here').length;
    const before = asked();
    for (let i = 0; i < 3; i++) {
      hub.spread({ ev: 'here', room: 'lobby', count: 700 + i, visitors: 3 });
      await wait(1000);
    }
    expect(session.current().room?.people).toMatchObject({ count: 702, visitors: 3 });
    expect(session.current().room?.people.list).toHaveLength(1);
    expect(asked()).toBe(before);
    await wait(10_000);
    expect(asked()).toBe(before + 1);
  });

  test('typing is shown for five seconds, or until the message comes', async () => {
    const hub = new Hub();
    const session = start(hub);
    await wait(100);
    const types = (id: string) => hub.spread({ ev: 'typing', room: 'lobby', from: { id, name: id } });
    for (const id of ['bob', 'eve', 'me']) types(id);
    await wait(50);
    expect(roomOf(session).typing).toEqual(['bob', 'eve']);
    hub.other('said', { id: 'bob', name: 'Bob' });
    await wait(50);
    expect(roomOf(session).typing).toEqual(['eve']);
    await wait(3000);
    types('eve');
    await wait(4000);
    expect(roomOf(session).typing).toEqual(['eve']);
    await wait(1500);
    expect(roomOf(session).typing).toEqual([]);
  });

  test('nobody types in a room from the moment that it is archived', async () => {
    const hub = new Hub();
    const session = start(hub);
    await wait(100);
    hub.spread({ ev: 'typing', room: 'lobby', from: { id: 'bob', name: 'bob' } });
    await wait(100);
    expect(roomOf(session).typing).toEqual(['bob']);
    hub.does({ ev: 'settings', archived: true });
    await wait(100);
    expect(roomOf(session).archived).toBe(true);
    expect(roomOf(session).typing).toEqual([]);
  });

  test('one\'s own typing is told every three seconds at most, and again after a message', async () => {
    const hub = new Hub();
    const session = start(hub);
    await wait(100);
    const told = () => hub.asked.filter((o) => o.op === 'typing').length;
    for (let i = 0; i < 10; i++) {
      session.typing();
      await wait(500);
    }
    expect(told()).toBe(2);
    session.post('x');
    session.typing();
    await wait(50);
    expect(told()).toBe(3);
  });
});

describe('what a room is', () => {
  test('another name, other settings and another level are taken over, and the log goes on', async () => {
    const hub = new Hub();
    const room = garden(hub);
    const session = start(hub);
    session.open('garden');
    await wait(100);
    hub.does({ ev: 'named', name: 'Yard' }, room);
    hub.does({ ev: 'settings', kind: 'announcement', slow_ms: 5000 }, room);
    hub.does({ ev: 'added', person: { id: 'eve', name: 'Eve' } }, room);
    hub.spread({ ev: 'level', room: 'garden', level: 'none', unread: 0, mentions: 0 });
    hub.other('still here', undefined, room);
    await wait(100);
    const yard = session.current().room!;
    expect({ name: yard.name, kind: yard.kind }).toEqual({ name: 'Yard', kind: 'announcement' });
    expect(yard.log.entries.at(-1)).toMatchObject({ kind: 'message', text: 'still here' });
    expect(hub.opened).toBe(1);
  });
});

describe('who one is', () => {
  test('a rename tells what it became and is kept', async () => {
    const hub = new Hub();
    const keep = memory();
    const session = start(hub, keep);
    await wait(100);
    hub.renameTo = (wish) => `${wish} 2`;
    const told = done();
    session.rename('  Ann\n', told);
    await wait(100);
    expect(told).toHaveBeenCalledWith({ name: 'Ann 2' });
    expect(keep.map.get('name')).toBe('Ann 2');
  });

  test('a rename without a connection is told to the next one', async () => {
    const hub = new Hub();
    const session = start(hub);
    await wait(100);
    hub.down = true;
    hub.cutAll();
    const told = done();
    session.rename('Ann', told);
    expect(told).toHaveBeenCalledWith({ name: 'Ann' });
    hub.down = false;
    hub.renameTo = (wish) => `${wish} 2`;
    await wait(5000);
    expect(session.current().you.name).toBe('Ann 2');
  });

  test('a rename that is cut off does not wait for ever', async () => {
    const hub = new Hub();
    const session = start(hub);
    await wait(100);
    const told = done();
    session.rename('Ann', told);
    hub.cutAll();
    expect(told).toHaveBeenCalledWith({ error: { code: 'closed', message: '' } });
  });

  test('focus is told on change only and at most every two seconds', async () => {
    const hub = new Hub();
    const session = start(hub);
    await wait(100);
    session.setActive(true);
    for (let i = 0; i < 11; i++) session.setActive(i % 2 === 1);
    await wait(1000);
    expect(hub.actives).toEqual([false]);
    session.setActive(true);
    session.setActive(false);
    await wait(5000);
    expect(hub.actives).toEqual([false]);
    session.setActive(true);
    await wait(100);
    expect(hub.actives).toEqual([false, true]);
  });
});

/** What offices, hosts and people may say beyond talking, each in the forms that the page uses. */
function everything(session: Session): void {
  const person = '00000000000000ab';
  const reason = 'spam';
  void session.act('level', { room: 'lobby', level: 'none' });
  void session.act('profile', { display: 'Dr. Ann', color: '#00aaff' });
  void session.act('session_end', { session: '7' });
  void session.act('sessions_end', {});
  void session.act('sign_out', {});
  void session.act('file_end', { file: '5' });
  void session.act('report', { room: 'lobby', target: 1, reason });
  void session.act('invite', {});
  void session.act('invite', { until_ms: 1, count: 5, role: 'member', rooms: ['lobby'], note: 'x' });
  void session.act('invite_end', { invite: '7' });
  void session.act('kick', { person, reason });
  void session.act('mute', { person, for_ms: 1, reason });
  void session.act('mute', { person });
  void session.act('unmute', { person });
  void session.act('ban', { person, for_ms: 1, reason });
  void session.act('ban', { address: '192.0.2.0/24' });
  void session.act('ban_end', { ban: '3' });
  void session.act('report_end', { report: '9', note: 'x' });
  void session.act('brake', { members_only: true, slow_ms: 1 });
  void session.act('server_name', { name: 'The Pond' });
  void session.act('role', { person, role: 'moderator' });
  void session.act('reset_link', { person });
  void session.act('bot', { name: 'Robo' });
  void session.act('bot_end', { person });
  void session.act('webhook', { room: 'lobby', name: 'CI' });
  void session.act('webhook_end', { webhook: '4' });
  void session.purge(person);
  void session.list('people');
  void session.list('members', { room: 'lobby', limit: 50 });
  void session.list('pins', { room: 'lobby', after: 41, limit: 50 });
  void session.list('audit', { after: '7', limit: 50 });
  void session.search('tea');
  void session.search('tea', { before: '7', limit: 20 });
  void session.fetchDate(1);
  void session.submit({ op: 'create', name: 'News', kind: 'announcement', guests: true, default: true });
  void session.submit({ op: 'direct', people: [person] });
  void session.submit({ op: 'name', name: 'Yard' }, 'garden');
  void session.submit({ op: 'settings', kind: 'private', guests: false, default: false, archived: true, slow_ms: 1, retention_days: 1 }, 'garden');
  void session.submit({ op: 'settings', archived: true }, 'garden');
  void session.submit({ op: 'add', person }, 'garden');
  void session.submit({ op: 'remove', person, reason }, 'garden');
  void session.submit({ op: 'remove', person }, 'garden');
  void session.submit({ op: 'host', person }, 'garden');
  void session.submit({ op: 'unhost', person }, 'garden');
}

describe('what is sent', () => {
  /** The fields of a command and their kinds; what the client chooses itself (ids, texts, numbers) is of no account. */
  const form = (o: object): string =>
    Object.entries(o)
      .filter(([key]) => key !== 'cursors')
      .map(([key, value]) => `${key}:${key === 'op' ? String(value) : typeof value}`)
      .toSorted()
      .join(' ');

  test('has the form of the shared vectors, and there is a vector for each form', async () => {
    const text = readFileSync(new URL('../../../tests/vectors/commands.json', import.meta.url), 'utf8');
    const vectors = (JSON.parse(text) as { client?: boolean; in: string }[]).filter((v) => v.client);
    const forms = new Set(vectors.map((v) => form(JSON.parse(v.in) as object)));
    const hub = new Hub();
    for (let i = 0; i < 130; i++) hub.other(`${i}`);
    const room = garden(hub);
    hub.other('unread', undefined, room);
    const keep = memory();
    keep.set('name', 'Ann');
    keep.set('token', 't'.repeat(43));
    const session = start(hub, keep);
    await wait(500);
    session.reading(Infinity);
    await wait(500);
    session.fill(80);
    session.fetch(30);
    await wait(100);
    session.quoted(1);
    session.typing();
    session.setActive(false);
    session.rename('Anna', () => {});
    session.browse('', () => {});
    session.create('Attic', () => {});
    session.post('a message');
    session.post('an answer', 1);
    await wait(500);
    const mine = session.current().room!.log.entries.findLast((e) => e.kind === 'message' && e.mine)!.seq;
    session.edit(mine, 'another');
    for (const op of ['pin', 'unpin', 'delete'] as const) session.change({ op, target: mine });
    for (const op of ['react', 'unreact'] as const) session.change({ op, target: 1, emoji: '👍' });
    session.setTopic('lobby', 'about', () => {});
    session.leave('garden', () => {});
    await wait(500);
    session.join('garden', () => {});
    await wait(500);
    everything(session);
    await wait(2000);
    for (const frame of hub.frames) expect(forms, JSON.stringify(frame)).toContain(form(frame));
    const ops = new Set(vectors.map((v) => (JSON.parse(v.in) as { op: string }).op));
    expect(new Set(hub.frames.map((f) => f.op))).toEqual(ops);
    const { cursors } = hub.frames[0] as { cursors: object };
    expect(cursors).toEqual({});
    hub.cutAll();
    await wait(3000);
    const again = hub.hellos.at(-1) as { cursors: Record<string, object> };
    for (const cursor of Object.values(again.cursors)) expect(form(cursor)).toBe('mid:string seq:number');
  });
});
