// Where two things meet that seldom do: a slow database and a quick server, one person after another, tabs without locks.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { signIn } from '../../src/sync/account';
import { Cache } from '../../src/sync/cache';
import { FakeBrowser } from './fake-browser';
import { Hub } from './fake-hub';
import { done, garden, kinds, memory, pending, texts, wait } from './session-rig';

beforeEach(() => {
  vi.useFakeTimers();
  vi.setSystemTime(1_700_000_000_000);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test('what the database tells when hello is said already is not taken for what hello named', async () => {
  const hub = new Hub();
  hub.other('one');
  const browser = new FakeBrowser(hub);
  const first = browser.open();
  await wait(4000);
  first.kill();
  hub.other('two');
  hub.latency = () => 300;
  const load = Cache.prototype.load;
  vi.spyOn(Cache.prototype, 'load').mockImplementation(async function slow(this: Cache) {
    const remembered = await load.call(this);
    // Later than the page waits for, and before the server has answered.
    await new Promise((go) => setTimeout(go, 1700));
    return remembered;
  });
  const second = browser.open();
  await wait(6000);
  expect(texts(second.session)).toEqual(['one', 'two']);
  expect(kinds(second.session)).toEqual(['message', 'message']);
});

test('whoever signs in does not see what somebody else has left here, not even for a moment or without a connection', async () => {
  const hub = new Hub();
  hub.other('secret');
  const browser = new FakeBrowser(hub);
  const first = browser.open();
  await wait(4000);
  first.kill();
  vi.stubGlobal('fetch', () => Promise.resolve(Response.json({ session: 's' })));
  await signIn(browser.keep, { name: 'Other', password: 'password', code: '' });
  hub.me = { id: 'other', name: 'Other' };
  hub.down = true;
  const cutOff = browser.open();
  await wait(3000);
  expect(cutOff.session.current()).toMatchObject({ rooms: [], you: { id: '' } });
  cutOff.kill();
  hub.down = false;
  const second = browser.open();
  await wait(4000);
  second.kill();
  hub.me = { id: 'me', name: 'Me' };
  hub.down = true;
  browser.keep.set('person', 'me');
  const third = browser.open();
  await wait(3000);
  expect(third.session.current().rooms).toEqual([]);
});

test('without locks each tab sends its own, and what one has given up no other sends', async () => {
  const hub = new Hub();
  const browser = new FakeBrowser(hub);
  const one = browser.open({}, { locks: false });
  const two = browser.open({}, { locks: false });
  await wait(200);
  hub.down = true;
  hub.cutAll();
  one.session.post('not this');
  await wait(200);
  expect(pending(two.session)).toEqual([]);
  one.session.drop(pending(one.session)[0]!.cid);
  await wait(200);
  hub.down = false;
  await wait(20_000);
  expect(hub.said()).toEqual([]);
});

test('whoever waits for a change hears that it is not done, when another person comes', async () => {
  const hub = new Hub();
  const { session } = new FakeBrowser(hub).open();
  await wait(100);
  hub.down = true;
  hub.cutAll();
  const asked = done();
  session.create('Garden', asked);
  hub.me = { id: 'other', name: 'Other' };
  hub.down = false;
  await wait(20_000);
  expect(asked).toHaveBeenCalledExactlyOnceWith({ error: { code: 'closed', message: '' } });
});

test('files of what somebody had to say are not sent by whoever comes after them', async () => {
  const hub = new Hub();
  const cancel = vi.fn<(cid: string) => void>();
  const uploader = () => ({ upload: () => {}, cancel, progressOf: () => 0 });
  const { session } = new FakeBrowser(hub).open({ uploader, keep: memory() });
  await wait(100);
  session.post('look', null, [{ key: 'k', name: 'a.txt', type: 'text/plain', bytes: 1, alt: '', blob: new Blob(['a']) }]);
  const [item] = pending(session);
  hub.me = { id: 'other', name: 'Other' };
  hub.cutAll();
  await wait(5000);
  expect(cancel).toHaveBeenCalledWith(item!.cid);
});

test('a draft is for the one who wrote it, also before it is known who is here; what is written meanwhile is not lost', async () => {
  const hub = new Hub();
  const browser = new FakeBrowser(hub);
  const first = browser.open();
  await wait(200);
  first.session.drafts.set('lobby', { text: 'of mine', replyTo: null });
  first.kill();
  browser.keep.set('person', '');
  const again = browser.open();
  expect(again.session.drafts.get('lobby').text).toBe('');
  await wait(200);
  expect(again.session.drafts.get('lobby').text).toBe('of mine');
  again.kill();
  browser.keep.set('person', '');
  hub.me = { id: 'other', name: 'Other' };
  const other = browser.open();
  expect(other.session.drafts.get('lobby').text).toBe('');
  other.session.drafts.set('lobby', { text: 'of theirs', replyTo: null });
  expect(other.session.drafts.get('lobby').text).toBe('of theirs');
  await wait(200);
  expect(other.session.drafts.get('lobby').text).toBe('of theirs');
});

test('what a room has forgotten at the server grows too old here as well, on the screen and in the browser', async () => {
  const hub = new Hub();
  const room = garden(hub);
  room.settings = { retention_days: 1 };
  const browser = new FakeBrowser(hub);
  const { session, kill } = browser.open();
  await wait(200);
  hub.other('early', undefined, room);
  hub.other('as early, where all is kept');
  session.open('garden');
  await wait(86_000_000);
  hub.other('late', undefined, room);
  await wait(100);
  expect(texts(session, 'garden')).toEqual(['early', 'late']);
  hub.down = true;
  hub.cutAll();
  await wait(600_000);
  expect(texts(session, 'garden')).toEqual(['late']);
  expect(kinds(session, 'garden')).toEqual(['1-3', 'message']);
  expect(texts(session)).toEqual(['as early, where all is kept']);
  kill();
  const again = browser.open();
  await wait(100);
  expect(texts(again.session, 'garden')).toEqual(['late']);
});
