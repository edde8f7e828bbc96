// What outlives a page: the outbox, also through killed browsers and between tabs; the cache; drafts.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { FakeBrowser } from './fake-browser';
import { Hub, seeded } from './fake-hub';
import { garden, kinds, memory, pending, roomOf, start, texts, wait } from './session-rig';

beforeEach(() => {
  vi.useFakeTimers();
  vi.setSystemTime(1_700_000_000_000);
});
afterEach(() => void vi.useRealTimers());

/** One tab, after a while. */
async function opened(hub = new Hub(), ms = 100) {
  const browser = new FakeBrowser(hub);
  const tab = browser.open();
  await wait(ms);
  return { hub, browser, tab };
}

async function pair(hub = new Hub()) {
  const { browser, tab: one } = await opened(hub, 0);
  const two = browser.open();
  await wait(200);
  return { hub, browser, one, two };
}

const numbers = (n: number) => Array.from({ length: n }, (_, i) => `${i + 1}`);

describe('the outbox on its shelf', () => {
  test('what was said without a connection goes out from the next page, once and in order', async () => {
    const { hub, browser, tab: first } = await opened();
    hub.down = true;
    hub.cutAll();
    for (const text of numbers(10)) first.session.post(text);
    await wait(100);
    expect(first.session.current()).toMatchObject({ unsent: 10, unsaved: false });
    first.kill();
    const second = browser.open();
    await wait(100);
    expect(pending(second.session).map((p) => 'text' in p.change && p.change.text)).toEqual(numbers(10));
    expect(second.session.current().phase.at).not.toBe('ready');
    hub.down = false;
    await wait(5000);
    expect(hub.said()).toEqual(numbers(10));
    expect(texts(second.session)).toEqual(numbers(10));
    expect(second.session.current()).toMatchObject({ unsent: 0, unsaved: false });
    second.kill();
    const third = browser.open();
    await wait(500);
    expect(third.session.current().unsent).toBe(0);
    expect(hub.posts).toHaveLength(10);
  });

  test.each(Array.from({ length: 60 }, (_, i) => i))('killed %i ms after it was said: done once, whatever was under way', async (ms) => {
    const { hub, browser, tab: first } = await opened();
    hub.latency = () => 9;
    hub.fate = () => ({ replyFirst: ms % 2 === 0 });
    first.session.post('one');
    await wait(Math.min(ms, 5));
    first.session.post('two');
    await wait(ms);
    first.kill();
    const second = browser.open();
    await wait(3000);
    expect(hub.said()).toEqual(['one', 'two']);
    expect(texts(second.session)).toEqual(['one', 'two']);
    expect(pending(second.session)).toEqual([]);
  });

  test('20 times killed between the store and its answer: 100 said, 100 there once, in order', async () => {
    const { hub, browser, tab: begin } = await opened();
    let tab = begin;
    let since = 0;
    let cuts = 0;
    hub.fate = () => (++since === 5 && cuts < 20 ? { cut: 'after' } : {});
    for (const text of numbers(100)) tab.session.post(text);
    while (cuts < 20) {
      await wait(5);
      if (since < 5) continue;
      cuts++;
      since = 0;
      tab.kill();
      tab = browser.open();
    }
    await wait(10_000);
    expect(hub.said()).toEqual(numbers(100));
    tab.session.fill(1);
    await wait(500);
    expect(texts(tab.session)).toEqual(numbers(100));
    expect(tab.session.current().unsent).toBe(0);
  });

  test('a refused one keeps its reason; it can be sent again or given up from the next page', async () => {
    const hub = new Hub();
    hub.fate = () => ({ error: { code: 'archived', message: '' } });
    const { browser, tab: first } = await opened(hub);
    first.session.post('again');
    first.session.post('never');
    await wait(200);
    first.kill();
    const second = browser.open();
    await wait(200);
    expect(pending(second.session)).toMatchObject([
      { state: 'failed', error: { code: 'archived' } },
      { state: 'failed', error: { code: 'archived' } },
    ]);
    const [again, never] = pending(second.session).map((p) => p.cid) as [string, string];
    hub.fate = () => ({});
    second.session.retry(again);
    second.session.drop(never);
    await wait(200);
    second.kill();
    const third = browser.open();
    await wait(200);
    expect(third.session.current().unsent).toBe(0);
    expect(hub.said()).toEqual(['again']);
  });

  test('somebody else in this browser neither sees nor sends it; it waits for the one who said it', async () => {
    const { hub, browser, tab: mine } = await opened();
    hub.down = true;
    hub.cutAll();
    mine.session.post('mine');
    mine.session.drafts.set('lobby', { text: 'and more', replyTo: null });
    await wait(100);
    mine.kill();
    hub.down = false;
    hub.me = { id: 'other', name: 'Other' };
    const theirs = browser.open();
    await wait(1000);
    expect(theirs.session.current().unsent).toBe(0);
    expect(theirs.session.drafts.get('lobby').text).toBe('');
    theirs.session.post('theirs');
    await wait(500);
    theirs.session.drafts.set('lobby', { text: 'of theirs', replyTo: null });
    expect(hub.said()).toEqual(['theirs']);
    theirs.kill();
    hub.me = { id: 'me', name: 'Me' };
    const back = browser.open();
    await wait(3000);
    expect(hub.said()).toEqual(['theirs', 'mine']);
    expect(back.session.drafts.get('lobby').text).toBe('and more');
  });

  test('neither does whoever comes after them in the same tab, nor the next page', async () => {
    const { hub, browser, tab } = await opened();
    hub.fate = () => ({ error: { code: 'archived', message: '' } });
    tab.session.post('mine');
    await wait(100);
    hub.me = { id: 'other', name: 'Other' };
    hub.cutAll();
    await wait(3000);
    tab.session.post('theirs');
    await wait(100);
    expect(pending(tab.session)).toMatchObject([{ change: { text: 'theirs' }, state: 'failed' }]);
    tab.kill();
    const next = browser.open();
    await wait(1000);
    expect(pending(next.session)).toMatchObject([{ change: { text: 'theirs' }, state: 'failed' }]);
  });

  test('forgotten, nothing of a person is left in the browser', async () => {
    const hub = new Hub();
    hub.other('secret');
    const { browser, tab } = await opened(hub, 4000);
    hub.down = true;
    hub.cutAll();
    tab.session.post('mine');
    tab.session.drafts.set('lobby', { text: 'draft', replyTo: null });
    await wait(100);
    await Promise.all([tab.session.forget(), wait(100)]);
    tab.kill();
    const next = browser.open();
    await wait(100);
    expect(next.session.current()).toMatchObject({ rooms: [], unsent: 0, you: { id: '' } });
    expect(next.session.drafts.get('lobby').text).toBe('');
  });

  test('a browser that keeps nothing: the page works, and says that leaving would lose what waits', async () => {
    const hub = new Hub();
    const refused = vi.spyOn(indexedDB, 'open').mockImplementation(() => {
      throw new Error('SecurityError');
    });
    const { session } = new FakeBrowser(hub).open();
    await wait(100);
    session.post('hello');
    expect(session.current().unsaved).toBe(true);
    await wait(100);
    expect(hub.said()).toEqual(['hello']);
    expect(session.current().unsaved).toBe(false);
    refused.mockRestore();
  });

  test('a database that fails in the middle is as good as none', async () => {
    const hub = new Hub();
    const { session } = new FakeBrowser(hub).open();
    await wait(100);
    const full = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('', 'QuotaExceededError');
    });
    hub.down = true;
    hub.cutAll();
    session.post('hello');
    await wait(100);
    expect(session.current().unsaved).toBe(true);
    full.mockRestore();
    hub.down = false;
    await wait(3000);
    expect(hub.said()).toEqual(['hello']);
  });
});

describe('tabs', () => {
  test('one of them leads, and another one when it is gone', async () => {
    const hub = new Hub();
    const browser = new FakeBrowser(hub);
    const tabs = [browser.open(), browser.open(), browser.open()];
    await wait(100);
    const leads = () => tabs.map((t) => t.session.tabs.leads);
    expect(leads()).toEqual([true, false, false]);
    tabs[0]!.kill();
    await wait(100);
    expect(leads().slice(1)).toEqual([true, false]);
  });

  test('what one of them is sending the others see; when it is gone the leading one sends it', async () => {
    const { hub, one, two } = await pair();
    hub.down = true;
    hub.cutAll();
    one.session.post('a');
    two.session.post('b');
    two.session.post('c');
    await wait(100);
    expect(pending(one.session)).toMatchObject([{ change: { text: 'a' } }, { change: { text: 'b' }, elsewhere: true }, { elsewhere: true }]);
    expect(pending(two.session)).toHaveLength(3);
    one.session.drop(pending(one.session)[2]!.cid);
    await wait(100);
    expect(pending(two.session)).toHaveLength(2);
    two.kill();
    await wait(100);
    expect(pending(one.session).map((p) => p.elsewhere)).toEqual([undefined, undefined]);
    hub.down = false;
    await wait(5000);
    expect(hub.said()).toEqual(['a', 'b']);
    expect(pending(one.session)).toEqual([]);
  });

  test('what a tab of another build tells, and this one does not understand, is passed over', async () => {
    const { browser, one, two } = await pair();
    const { id: person } = one.session.current().you;
    const from = two.session.tabs.name;
    const item = { cid: 'c'.repeat(32), room: 'lobby', change: { op: 'post', text: 'in both' }, ts: 1, order: 1, state: 'queued' };
    const strange = [
      { ...item, change: { op: 'post', words: ['of', 'another', 'kind'] } },
      { ...item, change: { op: 'react', target: 1 } },
      { ...item, change: 'post' },
      { ...item, order: 'first' },
      { ...item, attachments: [{ key: 'k', name: 'a picture' }] },
      null,
    ];
    const datas = [undefined, null, 7, 'words', [], {}, { person }, { person, items: {} }, { person, room: 'lobby', seq: '7' }];
    for (const told of [null, 7, 'words', [], {}, { from: 1, topic: 'read' }, { from, topic: 'constructor', data: {} }]) browser.tell(told);
    for (const topic of ['outbox', 'read', 'gone', 'retry', 'drop', 'draft']) for (const data of datas) browser.tell({ from, topic, data });
    await wait(50);
    expect(pending(one.session)).toEqual([]);
    browser.tell({ from, topic: 'outbox', data: { person, items: [...strange, item] } });
    await wait(50);
    expect(pending(one.session)).toEqual([{ ...item, elsewhere: true }]);
  });

  test('what is taken over goes before what was said later', async () => {
    const { hub, one, two } = await pair();
    hub.down = true;
    hub.cutAll();
    two.session.post('earlier');
    await wait(100);
    one.session.post('later');
    two.kill();
    await wait(100);
    one.session.post('last');
    hub.down = false;
    await wait(5000);
    expect(hub.said()).toEqual(['earlier', 'later', 'last']);
  });

  test('a leader that is gone leaves its messages to the next one', async () => {
    const { hub, one, two } = await pair();
    hub.down = true;
    hub.cutAll();
    one.session.post('a');
    await wait(100);
    one.kill();
    await wait(100);
    expect(two.session.tabs.leads).toBe(true);
    expect(pending(two.session)).toMatchObject([{ change: { text: 'a' } }]);
    hub.down = false;
    await wait(5000);
    expect(hub.said()).toEqual(['a']);
  });

  test.each(Array.from({ length: 15 }, (_, i) => i + 1))('opened and killed at random: each thing once, each tab\'s in order (seed %i)', async (seed) => {
    const random = seeded(seed);
    const hub = new Hub();
    hub.latency = () => Math.floor(random() * 60);
    hub.fate = () => (random() < 0.2 ? { cut: random() < 0.5 ? 'before' : 'after' } : { replyFirst: random() < 0.5 });
    const browser = new FakeBrowser(hub);
    const tabs = [{ ...browser.open(), name: 0 }];
    const said: string[] = [];
    await wait(500);
    for (let i = 0, made = 0; i < 60; i++) {
      await wait(Math.floor(random() * 200));
      const at = Math.floor(random() * tabs.length);
      if (random() < 0.15 && tabs.length < 4) tabs.push({ ...browser.open(), name: ++made });
      else if (random() < 0.15 && tabs.length > 1) tabs.splice(at, 1)[0]!.kill();
      else if (tabs[at]!.session.current().you.id !== '') {
        const text = `${tabs[at]!.name} ${i}`;
        tabs[at]!.session.post(text);
        said.push(text);
        // What is not written when the browser dies was never said; here it is killed after that.
        await wait(1);
      }
    }
    hub.fate = () => ({});
    await wait(60_000);
    expect(hub.said().toSorted()).toEqual(said.toSorted());
    for (const { session } of tabs) expect(session.current().unsent).toBe(0);
    for (const { name } of tabs) {
      const own = (all: (string | undefined)[]) => all.filter((t) => t?.startsWith(`${name} `));
      expect(own(hub.said())).toEqual(own(said));
    }
  });

  test('drafts and read marks are shared', async () => {
    const hub = new Hub();
    const room = garden(hub);
    const { one, two } = await pair(hub);
    hub.other('x', undefined, room);
    await wait(100);
    expect(roomOf(two.session, 'garden').unread).toBe(1);
    one.session.drafts.set('garden', { text: 'about roses', replyTo: 3 });
    hub.down = true;
    hub.cutAll();
    one.session.markRead('garden');
    await wait(500);
    expect(roomOf(two.session, 'garden')).toMatchObject({ unread: 0, draft: true });
    expect(two.session.drafts.get('garden')).toEqual({ text: 'about roses', replyTo: 3 });
    two.session.drafts.set('garden', { text: ' ', replyTo: null });
    await wait(100);
    expect(roomOf(one.session, 'garden').draft).toBe(false);
  });
});

describe('the cache', () => {
  test('shows rooms and messages before the server is heard, and goes on from there', async () => {
    const hub = new Hub();
    const room = garden(hub);
    for (const text of numbers(70)) hub.other(text);
    const { browser, tab: first } = await opened(hub, 200);
    first.session.reading(Infinity);
    first.session.open('garden');
    hub.other('roses', undefined, room);
    hub.spread({ ev: 'server', members_only: false, slow_ms: 0, name: 'Pond' });
    await wait(4000);
    first.kill();
    hub.does({ ev: 'edit', target: 70, text: 'seventy' });
    hub.does({ ev: 'delete', target: 69 });
    hub.other('news');
    hub.down = true;
    const second = browser.open();
    await wait(100);
    const { rooms, you, server, remembered } = second.session.current();
    expect({ you: you.id, remembered, names: rooms.map((r) => r.name) }).toEqual({ you: 'me', remembered: true, names: ['Lobby', 'Garden'] });
    expect(server.name).toBe('Pond');
    expect(texts(second.session)).toEqual(numbers(70).slice(20));
    expect(kinds(second.session)[0]).toBe('1-20');
    expect(texts(second.session, 'garden')).toEqual(['roses']);
    hub.down = false;
    hub.histories = [];
    second.session.kick();
    await wait(2000);
    expect(second.session.current().remembered).toBe(false);
    expect(hub.hellos.at(-1)).toMatchObject({ cursors: { lobby: { seq: 70 }, garden: { seq: 3 } } });
    expect(hub.histories).toEqual([]);
    expect(texts(second.session).slice(-3)).toEqual(['', 'seventy', 'news']);
    expect(roomOf(second.session).unreadFrom).toBe(71);
  });

  test('what was deleted is gone from it, too', async () => {
    const hub = new Hub();
    hub.other('secret');
    const { browser, tab: first } = await opened(hub, 4000);
    hub.does({ ev: 'delete', target: 1 });
    await wait(4000);
    first.kill();
    hub.down = true;
    const second = browser.open();
    await wait(100);
    expect(roomOf(second.session).log.entries).toMatchObject([{ kind: 'message', deleted: true, text: '' }]);
  });

  test('a tab that was cut off long ago does not put back what others have deleted', async () => {
    const hub = new Hub();
    hub.other('secret');
    const browser = new FakeBrowser(hub);
    const slow = browser.open({ idle: (run) => void setTimeout(run, 5000) });
    await wait(200);
    const [line] = hub.lines;
    const two = browser.open();
    await wait(200);
    hub.other('late');
    await wait(50);
    line!.close();
    hub.does({ ev: 'delete', target: 1 });
    await wait(20_000);
    expect(texts(slow.session)).toEqual(['secret', 'late']);
    two.kill();
    slow.kill();
    hub.down = true;
    const last = browser.open();
    await wait(100);
    expect(texts(last.session)).toEqual(['', 'late']);
  });

  test('an old one is shown and not continued: the room begins at its head, and its newest page is read', async () => {
    const hub = new Hub();
    for (const text of numbers(10)) hub.other(text);
    const { browser, tab: first } = await opened(hub, 4000);
    first.kill();
    for (const text of numbers(100)) hub.other(`later ${text}`);
    vi.setSystemTime(Date.now() + 24 * 3600_000);
    const second = browser.open();
    await wait(1000);
    expect(hub.hellos.at(-1)).toMatchObject({ cursors: {} });
    expect(texts(second.session)).toHaveLength(50);
    expect(texts(second.session).at(-1)).toBe('later 100');
  });

  test('a room that the server cannot continue, or that one is not in any more, is dropped', async () => {
    const hub = new Hub();
    const room = garden(hub);
    hub.other('lobby');
    hub.other('roses', undefined, room);
    const { browser, tab: first } = await opened(hub, 200);
    first.session.open('garden');
    await wait(4000);
    first.kill();
    hub.restart();
    const second = browser.open();
    await wait(3000);
    expect(second.session.current().rooms.map((r) => r.id)).toEqual(['lobby']);
    expect(texts(second.session)).toEqual([]);
    second.kill();
    hub.down = true;
    const third = browser.open();
    await wait(100);
    expect(third.session.current().rooms.map((r) => r.id)).toEqual(['lobby']);
    expect(texts(third.session)).toEqual([]);
  });

  test('another person finds nothing of it', async () => {
    const hub = new Hub();
    const room = garden(hub);
    hub.other('secret', undefined, room);
    const { browser, tab: first } = await opened(hub, 200);
    first.session.open('garden');
    await wait(4000);
    first.kill();
    hub.me = { id: 'other', name: 'Other' };
    const second = browser.open();
    await wait(4000);
    expect(second.session.current().rooms.map((r) => r.id)).toEqual(['lobby']);
    second.kill();
    hub.down = true;
    const third = browser.open();
    await wait(100);
    expect(third.session.current().you.id).toBe('other');
    expect(third.session.current().rooms.map((r) => r.id)).toEqual(['lobby']);
  });

  test('at most 20 rooms and 200 messages of each', async () => {
    const hub = new Hub();
    for (let i = 0; i < 30; i++) {
      const room = garden(hub, `room${i}`);
      hub.other('x', undefined, room);
    }
    const browser = new FakeBrowser(hub);
    const { session, kill } = browser.open();
    await wait(200);
    for (const { id } of session.current().rooms) {
      session.open(id);
      await wait(3000);
    }
    session.open('lobby');
    for (let i = 0; i < 300; i++) hub.other(`${i}`);
    await wait(4000);
    const held = session.current().rooms.filter((r) => r.log.entries.some((e) => e.kind === 'message'));
    expect(held).toHaveLength(20);
    kill();
    hub.down = true;
    const next = browser.open();
    await wait(200);
    const shown = next.session.current().rooms.filter((r) => r.log.entries.some((e) => e.kind === 'message'));
    expect(shown.length).toBeGreaterThan(15);
    expect(shown.length).toBeLessThanOrEqual(20);
    expect(texts(next.session)).toHaveLength(200);
  });
});

describe('drafts', () => {
  test('a text that is given back becomes the draft, or stands below it; what it answers stays', () => {
    const { drafts } = start(new Hub(), memory());
    drafts.give('lobby', 'said nowhere');
    expect(drafts.get('lobby')).toEqual({ text: 'said nowhere', replyTo: null });
    drafts.set('garden', { text: 'roses', replyTo: 3 });
    drafts.give('garden', 'tulips');
    expect(drafts.get('garden')).toEqual({ text: 'roses\n\ntulips', replyTo: 3 });
  });

  test('survive the page, with the message that they answer, and show in the list of rooms', async () => {
    const hub = new Hub();
    const keep = memory();
    const first = start(hub, keep);
    await wait(100);
    first.drafts.set('lobby', { text: 'not yet', replyTo: 7 });
    await wait(50);
    expect(roomOf(first).draft).toBe(true);
    first.stop();
    const second = start(hub, keep);
    await wait(100);
    expect(second.drafts.get('lobby')).toEqual({ text: 'not yet', replyTo: 7 });
    second.drafts.set('lobby', { text: '', replyTo: null });
    await wait(50);
    expect(roomOf(second).draft).toBe(false);
  });

  test('what cannot be read is no draft', () => {
    const keep = memory();
    for (const drafts of ['{"me":', 'null', '[1]', '{"":7,"me":null}']) {
      keep.set('drafts', drafts);
      const session = start(new Hub(), keep);
      expect(session.drafts.get('lobby').text).toBe('');
      session.stop();
    }
  });

  test('are kept for a few people, and not for everybody who ever came', async () => {
    const hub = new Hub();
    const keep = memory();
    const write = async (id: string, text: string) => {
      hub.me = { id, name: id };
      const session = start(hub, keep);
      await wait(100);
      const was = session.drafts.get('lobby').text;
      session.drafts.set('lobby', { text, replyTo: null });
      session.stop();
      return was;
    };
    for (const id of ['a', 'b', 'c', 'd', 'e']) expect(await write(id, `of ${id}`)).toBe('');
    for (const id of ['b', 'e']) expect(await write(id, 'more')).toBe(`of ${id}`);
    expect(await write('a', 'anew')).toBe('');
  });
});
