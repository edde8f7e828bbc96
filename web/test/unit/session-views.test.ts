// What the page draws from: views that keep their identity, rooms in full, read marks and the line "new", and the rest of
// what a page may ask for.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { MakeUploader, UploadHost } from '../../src/sync/uploading';
import type { Pending } from '../../src/sync/outbox';
import { alike } from '../../src/sync/room';
import { FakeBrowser } from './fake-browser';
import { Hub } from './fake-hub';
import { garden, kinds, memory, pending, roomOf, start, texts, wait } from './session-rig';

beforeEach(() => {
  vi.useFakeTimers();
  vi.setSystemTime(1_700_000_000_000);
});
afterEach(() => void vi.useRealTimers());

const bob = { id: 'bob', name: 'Bob' };

describe('views', () => {
  test('a room in which nothing has changed is the same object; so is the list when nothing in it has', async () => {
    const hub = new Hub();
    const room = garden(hub);
    const session = start(hub);
    await wait(200);
    const before = session.current();
    hub.other('roses', bob, room);
    await wait(50);
    const after = session.current();
    expect(after.version).toBeGreaterThan(before.version);
    expect(roomOf(session)).toBe(before.rooms[0]);
    expect(after.rooms[1]).not.toBe(before.rooms[1]);
    session.typing();
    session.change({ op: 'pin', target: 99 });
    expect(session.current().rooms[1]).toBe(after.rooms[1]);
    await wait(100);
    const rooms = session.current().rooms;
    session.setActive(false);
    session.setActive(true);
    await wait(100);
    expect(session.current().rooms).toBe(rooms);
  });

  test('while messages come and are read a room is alike; not when anything else of it changes', async () => {
    const hub = new Hub();
    const session = start(hub);
    await wait(200);
    const before = roomOf(session);
    hub.other('Hello');
    await wait(50);
    const after = roomOf(session);
    expect(after).not.toBe(before);
    expect(after.read).toBeGreaterThan(before.read);
    expect(alike(before, after)).toBe(true);
    expect(alike(before, null)).toBe(false);
    session.setActive(false);
    hub.other('And again');
    await wait(50);
    expect(alike(after, roomOf(session))).toBe(false);
    session.setActive(true);
    await wait(50);
    const calm = roomOf(session);
    hub.spread({ ev: 'typing', room: 'lobby', from: bob });
    await wait(50);
    expect(alike(calm, roomOf(session))).toBe(false);
    const typing = roomOf(session);
    session.post('Hi');
    expect(alike(typing, roomOf(session))).toBe(false);
  });

  test('one notice for each frame, however much comes in it', async () => {
    const hub = new Hub();
    const session = start(hub);
    await wait(200);
    const heard = vi.fn();
    session.subscribe(heard);
    for (let i = 0; i < 100; i++) hub.other(`${i}`);
    await wait(21);
    expect(heard.mock.calls.length).toBeLessThanOrEqual(2);
    expect(texts(session)).toHaveLength(100);
  });

  test('a room in full: what it is set to, who is in it, when something happened', async () => {
    const hub = new Hub();
    const direct = hub.core.addRoom('talk', '');
    direct.kind = 'direct';
    direct.peers = [bob, { id: 'me', name: 'Me' }, { id: 'eve', name: 'Eve' }];
    direct.settings = { slow_ms: 5000, retention_days: 30, archived: true };
    direct.hosts.add('me');
    direct.levels.set('me', 'mentions');
    direct.members.add('me');
    const session = start(hub);
    await wait(200);
    const settings = { slow_ms: 5000, retention_days: 30, archived: true, guests: false, default: false };
    expect(roomOf(session, 'talk')).toMatchObject({ kind: 'direct', title: 'Bob, Eve', host: true, level: 'mentions', ...settings, lastTs: 0 });
    hub.spread({ ev: 'renamed', room: 'talk', from: { id: 'eve', name: 'Eva' }, was: 'Eve' });
    hub.does({ ev: 'settings', archived: false, slow_ms: 0 }, direct);
    hub.does({ ev: 'unhost', person: { id: 'me', name: 'Me' } }, direct);
    await wait(50);
    expect(roomOf(session, 'talk')).toMatchObject({ title: 'Bob, Eva', archived: false, slow_ms: 0, retention_days: 30, host: false, lastTs: Date.now() - 50 });
  });

  test('what one is and what the server is set to follow the server', async () => {
    const hub = new Hub();
    const session = start(hub);
    await wait(200);
    hub.spread({ ev: 'you', role: 'moderator', display: 'Dr. Me', color: '#00aaff', muted_until: 5 });
    hub.spread({ ev: 'server', members_only: true, slow_ms: 3000, name: 'Pond' });
    await wait(50);
    expect(session.current().you).toMatchObject({ id: 'me', role: 'moderator', display: 'Dr. Me', color: '#00aaff', muted_until: 5 });
    expect(session.current().server).toEqual({ members_only: true, slow_ms: 3000, name: 'Pond', signup: 'open', guests: 'all' });
    hub.spread({ ev: 'you', role: 'member' });
    await wait(50);
    expect(session.current().you).toEqual({ id: 'me', name: 'Guest 4821', client: 'c', role: 'member' });
  });

  test('why a session has ended is told, and it does not come back by itself', async () => {
    const hub = new Hub();
    const session = start(hub);
    await wait(200);
    hub.spread({ ev: 'ended', reason: 'banned' });
    await wait(20);
    hub.cutAll(4003);
    await wait(120_000);
    expect(session.current()).toMatchObject({ ended: 4003, endedWhy: 'banned' });
    expect(hub.opened).toBe(1);
  });
});

describe('what is unread', () => {
  test('mentions are counted as they come, and gone when it is read anywhere', async () => {
    const hub = new Hub();
    const room = garden(hub);
    const one = start(hub);
    const two = start(hub, memory(), false);
    await wait(200);
    hub.does({ ev: 'message', text: '@Me', mentions: ['me'] }, room);
    hub.does({ ev: 'message', text: '@room', mentions_all: true }, room);
    hub.other('x', bob, room);
    await wait(50);
    for (const s of [one, two]) expect(roomOf(s, 'garden')).toMatchObject({ unread: 3, mentions: 2 });
    one.open('garden');
    await wait(1000);
    // It may be opened anywhere in it: only the page knows what one sees of it.
    for (const s of [one, two]) expect(roomOf(s, 'garden')).toMatchObject({ unread: 3, mentions: 2 });
    one.reading(Infinity);
    await wait(1000);
    for (const s of [one, two]) expect(roomOf(s, 'garden')).toMatchObject({ unread: 0, mentions: 0 });
  });

  test('what one says on another device is read here, too', async () => {
    const hub = new Hub();
    garden(hub);
    const one = start(hub);
    const two = start(hub, memory(), false);
    await wait(100);
    hub.other('x');
    await wait(20);
    one.post('y');
    await wait(50);
    expect(roomOf(two)).toMatchObject({ unread: 0, read: 2 });
  });

  test('the line stands where one had stopped to read, and goes when one leaves', async () => {
    const hub = new Hub();
    const room = garden(hub);
    hub.other('old', bob, room);
    room.reads.set('me', 3);
    hub.other('new', bob, room);
    hub.other('newer', bob, room);
    const session = start(hub);
    await wait(200);
    session.open('garden');
    session.reading(Infinity);
    await wait(1000);
    expect(session.current().room).toMatchObject({ unread: 0, unreadFrom: 4 });
    hub.other('newest', bob, room);
    await wait(500);
    expect(session.current().room).toMatchObject({ unread: 0, unreadFrom: 4 });
    session.open('lobby');
    session.open('garden');
    await wait(50);
    expect(session.current().room?.unreadFrom).toBeNull();
  });

  test('on the first visit of the open room it is there, too; what comes while nobody looks begins with a line', async () => {
    const hub = new Hub();
    hub.other('a');
    hub.other('b');
    hub.lobby.reads.set('me', 1);
    const session = start(hub);
    await wait(500);
    session.reading(Infinity);
    await wait(500);
    expect(session.current().room).toMatchObject({ unread: 0, unreadFrom: 2 });
    session.markRead();
    await wait(50);
    expect(session.current().room?.unreadFrom).toBeNull();
    session.setActive(false);
    hub.other('c');
    hub.other('d');
    await wait(50);
    expect(session.current().room).toMatchObject({ unread: 2, unreadFrom: 3 });
    session.setActive(true);
    await wait(50);
    expect(session.current().room).toMatchObject({ unread: 0, unreadFrom: 3 });
  });

  test('marked as unread it stays so until one comes back to it; the server\'s mark never goes back', async () => {
    const hub = new Hub();
    garden(hub);
    for (const text of ['a', 'b', 'c']) hub.other(text);
    const session = start(hub);
    await wait(500);
    session.reading(Infinity);
    await wait(500);
    expect(roomOf(session).unread).toBe(0);
    session.markUnread(2);
    hub.other('d');
    await wait(1000);
    expect(roomOf(session)).toMatchObject({ unread: 3, unreadFrom: 2 });
    expect(hub.lobby.reads.get('me')).toBe(3);
    session.open('garden');
    await wait(500);
    expect(roomOf(session)).toMatchObject({ unread: 3, unreadFrom: null });
    session.open('lobby');
    session.reading(Infinity);
    await wait(1000);
    expect(roomOf(session)).toMatchObject({ unread: 0, unreadFrom: 2 });
    expect(hub.lobby.reads.get('me')).toBe(4);
  });

  test('all of it can be called read', async () => {
    const hub = new Hub();
    const rooms = [garden(hub), garden(hub, 'attic')];
    const session = start(hub, memory(), false);
    await wait(200);
    for (const room of [...rooms, hub.lobby]) hub.other('x', bob, room);
    await wait(50);
    expect(session.current().rooms.map((r) => r.unread)).toEqual([1, 3 - 2, 1]);
    session.markAllRead();
    await wait(1000);
    expect(session.current().rooms.map((r) => r.unread)).toEqual([0, 0, 0]);
    expect(rooms.map((r) => r.reads.get('me'))).toEqual([3, 3]);
  });
});

describe('memory', () => {
  test('twenty rooms hold messages, those looked at last; the others read them again when they are opened', async () => {
    const hub = new Hub();
    const rooms = Array.from({ length: 30 }, (_, i) => garden(hub, `room${i}`));
    const session = start(hub);
    await wait(200);
    for (const room of rooms) session.open(room.id);
    for (const room of rooms) for (let i = 0; i < 5; i++) hub.other(`${i}`, bob, room);
    await wait(500);
    const holds = (id: string) => texts(session, id).length > 0;
    expect(rooms.filter((r) => holds(r.id)).map((r) => r.id)).toEqual(rooms.slice(10).map((r) => r.id));
    expect(kinds(session, 'room0')).toEqual(['1-7']);
    expect(roomOf(session, 'room0').unread).toBe(5);
    session.open('room0');
    await wait(100);
    expect(texts(session, 'room0')).toHaveLength(5);
  });
});

describe('delivery', () => {
  test('when one\'s own message was typed, sent, on disk and back', async () => {
    const hub = new Hub();
    const session = start(hub);
    await wait(100);
    hub.down = true;
    hub.cutAll();
    await wait(100);
    const typed = Date.now();
    session.post('hello');
    const { cid } = pending(session)[0]!;
    expect(session.deliveryOf(cid)).toEqual({ typed, sent: null, kept: null, back: null });
    hub.down = false;
    await wait(3000);
    const { sent, kept, back } = session.deliveryOf(cid)!;
    expect(sent).toBeGreaterThan(typed);
    expect(kept).toBe(sent! + 10);
    expect(back).toBe(sent! + 10);
    expect(session.deliveryOf('unknown')).toBeUndefined();
    for (let i = 0; i < 250; i++) session.change({ op: 'pin', target: 1 });
    expect(session.deliveryOf(cid)).toBeUndefined();
  });
});

describe('asking', () => {
  test('by date: what was said then is there, and where it begins', async () => {
    const hub = new Hub();
    for (let i = 1; i <= 200; i++) {
      vi.setSystemTime(1_700_000_000_000 + i * 1000);
      hub.other(`${i}`);
    }
    const session = start(hub);
    await wait(200);
    const found = session.fetchDate(1_700_000_050_000);
    await wait(100);
    expect(await found).toBe(50);
    expect(roomOf(session).log.find(50)?.text).toBe('50');
    session.stop();
    expect(await session.fetchDate(0)).toEqual({ error: { code: 'closed', message: '' } });
  });

  test('offices, lists and searches are answered, refused, or told that there is no connection', async () => {
    const hub = new Hub();
    const session = start(hub);
    expect(await session.list('bans')).toEqual({ error: { code: 'closed', message: '' } });
    await wait(200);
    hub.answer = (o) => {
      if (o.op === 'invite') return { ok: { id: '7', link: 'https://x/join#A' } };
      if (o.op === 'list') return { ok: { what: o.what, rows: [{ id: '1', name: 'CI', room: 'lobby' }, { id: 1 }], more: true } };
      if (o.op === 'purge') return { ok: { deleted: 100, more: true } };
      if (o.op === 'search') return { ok: { hits: [], next: '5', incomplete: true } };
      if (o.op === 'level') return { ok: { room: o.room, level: o.level, unread: 0, mentions: 0 } };
      return { error: { code: 'forbidden', message: 'no' } };
    };
    const soon = async <T>(promise: Promise<T>): Promise<T> => {
      await wait(50);
      return promise;
    };
    expect(await soon(session.act('invite', { count: 5 }))).toEqual({ id: '7', link: 'https://x/join#A' });
    expect(await soon(session.act('ban', { address: '192.0.2.0/24' }))).toEqual({ error: { code: 'forbidden', message: 'no' } });
    expect(await soon(session.list('webhooks', { room: 'lobby' }))).toEqual({ what: 'webhooks', rows: [{ id: '1', name: 'CI', room: 'lobby' }], more: true });
    expect(await soon(session.purge('bob'))).toEqual({ deleted: 100, more: true });
    expect(await soon(session.search('tea', { limit: 5 }))).toEqual({ hits: [], next: '5', incomplete: true });
    await soon(session.setLevel('lobby', 'none'));
    expect(roomOf(session).level).toBe('none');
    expect(hub.asked.at(-1)).toMatchObject({ op: 'level', room: 'lobby', level: 'none' });
  });

  test('a change that somebody waits for tells its end, and is done once through a cut', async () => {
    const hub = new Hub();
    const session = start(hub);
    await wait(200);
    hub.fate = () => ({ cut: 'after' });
    const made = session.submit({ op: 'create', name: 'Garden', kind: 'private', guests: true });
    await wait(50);
    hub.fate = () => ({});
    await wait(3000);
    expect(await made).toMatchObject({ ok: { seq: 1, dup: true } });
    const again = session.submit({ op: 'create', name: 'Garden', kind: 'public' });
    await wait(100);
    expect(await again).toMatchObject({ error: { code: 'name_taken' } });
  });

  test('what others say is heard as it comes, and whether one was there', async () => {
    const hub = new Hub();
    const session = start(hub);
    const heard: [string | undefined, boolean][] = [];
    const off = session.onSaid(({ event, live }) => heard.push([event.text, live]));
    await wait(200);
    hub.other('now');
    await wait(50);
    hub.cutAll();
    hub.other('meanwhile');
    session.post('mine');
    await wait(3000);
    off();
    hub.other('later');
    await wait(50);
    expect(heard).toEqual([['now', true], ['meanwhile', false]]);
  });
});

describe('the connection', () => {
  test('long hidden and dead without a word, it is found out as soon as somebody looks', async () => {
    const hub = new Hub();
    const session = start(hub);
    await wait(200);
    // Heartbeats came until the network went, a moment ago.
    const hide = async () => {
      session.shown(false);
      for (let i = 0; i < 3; i++) {
        hub.spread({ ev: 'heartbeat', ts: 0 });
        await wait(21_000);
      }
    };
    await hide();
    session.shown(true);
    await wait(6000);
    expect(hub.opened).toBe(1);
    await hide();
    hub.mute = true;
    session.shown(true);
    await wait(4000);
    expect(session.current().phase.at).toBe('ready');
    hub.mute = false;
    await wait(4000);
    expect(hub.opened).toBe(2);
    expect(session.current().phase.at).toBe('ready');
  });
});

describe('messages with files', () => {
  const picture = (key: string) => ({ key, name: `${key}.png`, type: 'image/png', bytes: 3, alt: key === 'a' ? 'A cat' : '', blob: new Blob([key]) });

  function uploads() {
    const asked: Pending[] = [];
    const cancelled: string[] = [];
    let host!: UploadHost;
    const make: MakeUploader = (given) => {
      host = given;
      return { upload: (item) => void asked.push(item), cancel: (cid) => void cancelled.push(cid), progressOf: () => 0.5 };
    };
    return { asked, cancelled, make, host: () => host };
  }

  test('hold their place until each file is there; what was said after them waits, other rooms do not', async () => {
    const hub = new Hub();
    const room = garden(hub);
    const { asked, make, host } = uploads();
    const { session } = new FakeBrowser(hub).open({ uploader: make });
    await wait(200);
    expect(session.post('', null, [picture('a'), picture('b')])).toBe('ok');
    session.post('after');
    session.open('garden');
    session.post('elsewhere');
    await wait(200);
    expect(hub.said(room)).toEqual(['elsewhere']);
    expect(hub.said()).toEqual([]);
    expect(pending(session).map((p) => p.state)).toEqual(['uploading', 'queued']);
    const { cid } = asked[0]!;
    host().done(cid, 'b', '6');
    await wait(100);
    expect(hub.said()).toEqual([]);
    host().done(cid, 'a', '5');
    await wait(200);
    expect(hub.posts[1]).toMatchObject({ files: [{ id: '5', alt: 'A cat' }, { id: '6' }], text: '' });
    expect(hub.posts.at(-1)).toMatchObject({ text: 'after' });
    expect(session.progressOf('a')).toBe(0.5);
  });

  test('survive the page with their bytes, also half sent; given up, nothing of them is left', async () => {
    const hub = new Hub();
    const browser = new FakeBrowser(hub);
    const one = uploads();
    const first = browser.open({ uploader: one.make });
    await wait(200);
    first.session.post('look', null, [picture('a'), picture('b')]);
    first.session.post('never', null, [picture('c')]);
    await wait(100);
    one.host().done(one.asked[0]!.cid, 'a', '5');
    await wait(100);
    first.kill();
    const two = uploads();
    const second = browser.open({ uploader: two.make });
    await wait(500);
    const [look, never] = pending(second.session) as [Pending, Pending];
    expect(look).toMatchObject({ state: 'uploading', attachments: [{ key: 'a', id: '5' }, { key: 'b' }] });
    expect(two.asked.map((p) => p.cid)).toContain(look.cid);
    const bytes = two.host().bytesOf('b');
    await wait(50);
    expect(await (await bytes)!.blob.text()).toBe('b');
    two.host().failed(look.cid, { code: 'too_large', message: '' });
    await wait(50);
    expect(pending(second.session)[0]).toMatchObject({ state: 'failed', error: { code: 'too_large' } });
    second.session.retry(look.cid);
    second.session.drop(never.cid);
    expect(two.cancelled).toEqual([never.cid]);
    two.host().done(look.cid, 'b', '6');
    await wait(200);
    expect(hub.posts).toMatchObject([{ text: 'look', files: [{ id: '5' }, { id: '6' }] }]);
    const left = two.host().bytesOf('c');
    await wait(50);
    expect(await left).toBeNull();
  });

  test('taken over by a tab that has been connected all the time, they set out at once', async () => {
    const hub = new Hub();
    const browser = new FakeBrowser(hub);
    const two = uploads();
    const [first, second] = [browser.open({ uploader: uploads().make }), browser.open({ uploader: two.make })];
    await wait(200);
    first.session.post('look', null, [picture('a')]);
    await wait(100);
    first.kill();
    await wait(200);
    const [look] = pending(second.session) as [Pending];
    expect(look).toMatchObject({ state: 'uploading' });
    expect(two.asked.map((p) => p.cid)).toEqual([look.cid]);
    two.host().done(look.cid, 'a', '5');
    await wait(200);
    expect(hub.posts).toMatchObject([{ text: 'look', files: [{ id: '5' }] }]);
  });
});
