import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Session, type Keep } from '../../src/sync/session';
import { Hub, seeded } from './fake-hub';

beforeEach(() => {
  vi.useFakeTimers();
  vi.setSystemTime(1_700_000_000_000);
});
afterEach(() => void vi.useRealTimers());

function memory(): Keep & { map: Map<string, string> } {
  const map = new Map<string, string>();
  return { map, get: (k) => map.get(k) ?? null, set: (k, v) => void map.set(k, v) };
}

function start(hub: Hub, keep = memory()) {
  let n = 0;
  const session = new Session({
    url: 'ws://test/ws',
    keep,
    schedule: (run) => void setTimeout(run, 16),
    randomHex: () => (++n).toString(16).padStart(32, '0'),
    active: true,
    wire: hub.open,
  });
  session.start();
  return session;
}

const wait = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const texts = (s: Session) => s.current().log.entries.flatMap((e) => (e.kind === 'message' ? [e.text] : []));
const kinds = (s: Session) => s.current().log.entries.map((e) => (e.kind === 'gap' ? `${e.first}-${e.last}` : e.kind));

describe('hello', () => {
  test('a first visit gets a name and a token, and the next hello brings both', async () => {
    const hub = new Hub();
    const keep = memory();
    const session = start(hub, keep);
    await wait(100);
    expect(hub.hellos[0]).toEqual({ op: 'hello', active: true, id: '1' });
    expect(session.current().you).toEqual({ id: 'me', name: 'Guest 4821' });
    session.stop();
    start(hub, keep);
    await wait(100);
    expect(hub.hellos[1]).toMatchObject({ token: 't'.repeat(43), name: 'Guest 4821' });
  });

  test('what was said before the first visit is not reported as missed', async () => {
    const hub = new Hub();
    for (let i = 0; i < 5; i++) hub.other(`old ${i}`);
    const session = start(hub);
    await wait(100);
    expect(kinds(session)).toEqual([]);
    hub.other('new');
    await wait(100);
    expect(texts(session)).toEqual(['new']);
  });

  test('a name that is not accepted any more does not lock anybody out', async () => {
    const hub = new Hub();
    hub.helloError = (o) => (o.name ? { code: 'too_long', message: '' } : null);
    const keep = memory();
    keep.set('name', 'far too long');
    const session = start(hub, keep);
    await wait(100);
    expect(session.current().you.name).toBe('Guest 4821');
  });

  test('a new build is noticed only after a reconnect to another one', async () => {
    const hub = new Hub();
    const session = start(hub);
    await wait(100);
    expect(session.current().newBuild).toBe(false);
    hub.build = 'two';
    hub.cutAll();
    await wait(2000);
    expect(session.current().newBuild).toBe(true);
  });
});

describe('posting', () => {
  test('shows at once, is sent, and is replaced by its event', async () => {
    const hub = new Hub();
    const session = start(hub);
    await wait(100);
    expect(session.post('  \n ')).toBe('empty');
    expect(session.post('hello\n')).toBe('ok');
    expect(session.current().pending).toMatchObject([{ text: 'hello', state: 'sending' }]);
    const { cid } = session.current().pending[0]!;
    await wait(100);
    expect(session.current().pending).toEqual([]);
    expect(session.current().log.entries).toMatchObject([{ kind: 'message', key: cid, mine: true, text: 'hello' }]);
  });

  test('waits for ready, also when typed before the connection', async () => {
    const hub = new Hub();
    const session = start(hub);
    session.post('early');
    expect(session.current().pending).toMatchObject([{ state: 'queued' }]);
    await wait(200);
    expect(texts(session)).toEqual(['early']);
    expect(hub.hellos).toHaveLength(1);
  });

  test('a text that no frame could carry stays with the person', async () => {
    const hub = new Hub();
    const session = start(hub);
    await wait(100);
    expect(session.post('<'.repeat(70_000))).toBe('too_long');
    expect(session.post('"'.repeat(40_000))).toBe('too_long');
    expect(session.current().pending).toEqual([]);
  });

  test('a refused one is shown with its reason and does not hold up the next', async () => {
    const hub = new Hub();
    hub.fate = (o) => (o.text === 'bad' ? { error: { code: 'no_room', message: '' } } : {});
    const session = start(hub);
    await wait(100);
    session.post('bad');
    session.post('good');
    await wait(200);
    expect(texts(session)).toEqual(['good']);
    expect(session.current().pending).toMatchObject([{ text: 'bad', state: 'failed', error: { code: 'no_room' } }]);
    hub.fate = () => ({});
    session.retry(session.current().pending[0]!.cid);
    await wait(200);
    expect(texts(session)).toEqual(['good', 'bad']);
    expect(hub.posts[0]!.cid).toBe(hub.posts[2]!.cid);
  });

  test('after cid_reuse a retry takes another cid; a deleted one is gone', async () => {
    const hub = new Hub();
    hub.fate = () => ({ error: { code: 'cid_reuse', message: '' } });
    const session = start(hub);
    await wait(100);
    session.post('a');
    session.post('b');
    await wait(200);
    const [a, b] = session.current().pending;
    session.drop(b!.cid);
    hub.fate = () => ({});
    session.retry(a!.cid);
    await wait(200);
    expect(session.current().pending).toEqual([]);
    expect(texts(session)).toEqual(['a']);
    expect(new Set(hub.posts.map((p) => p.cid)).size).toBe(3);
  });

  test.each(['rate_limited', 'busy'])('%s is waited out, and nothing overtakes', async (code) => {
    const hub = new Hub();
    let refusals = 2;
    hub.fate = () => (refusals-- > 0 ? { error: { code, message: '', retry_ms: 3000 } } : {});
    const session = start(hub);
    await wait(100);
    for (const text of ['one', 'two', 'three']) session.post(text);
    await wait(2900);
    expect(hub.posts).toHaveLength(1);
    await wait(4000);
    expect(texts(session)).toEqual(['one', 'two', 'three']);
    expect(hub.posts.map((p) => p.text)).toEqual(['one', 'one', 'one', 'two', 'three']);
  });

  test('what makes the server close is not sent again and again', async () => {
    const hub = new Hub();
    const session = start(hub);
    await wait(100);
    hub.fate = () => {
      hub.cutAll(1009);
      return { cut: 'before' };
    };
    session.post('poison');
    await wait(20_000);
    expect(hub.posts).toHaveLength(1);
    expect(session.current().pending).toMatchObject([{ state: 'failed' }]);
  });

  test('an acknowledgement whose event was lost with the connection still gives one message, in its place', async () => {
    const hub = new Hub();
    hub.fate = () => ({ cut: 'after' });
    const session = start(hub);
    await wait(100);
    hub.other('before');
    await wait(50);
    session.post('mine');
    await wait(20);
    hub.other('after');
    hub.fate = () => ({});
    await wait(5000);
    expect(kinds(session)).toEqual(['message', 'message', '3-3']);
    expect(texts(session)).toEqual(['before', 'mine']);
    expect(session.current().pending).toEqual([]);
    expect(hub.log.map((m) => m.text)).toEqual(['before', 'mine', 'after']);
  });

  test.each([0, 1])('acknowledged and then forgotten by the server, it stands before the new beginning (%i before)', async (n) => {
    const hub = new Hub();
    const session = start(hub);
    await wait(100);
    if (n) hub.other('before');
    await wait(50);
    hub.fate = () => {
      // The reply arrives, the event does not.
      const slow = [5, 5000];
      hub.latency = () => slow.shift() ?? 5;
      return { replyFirst: true };
    };
    session.post('mine');
    await wait(100);
    expect(session.current().pending).toMatchObject([{ ack: { seq: n + 1 } }]);
    hub.restart();
    await wait(3000);
    expect(kinds(session)).toEqual([...(n ? ['message'] : []), 'message', 'anew']);
    expect(session.current().pending).toEqual([]);
  });

  test.each(Array.from({ length: 40 }, (_, i) => i + 1))(
    'through cuts, delays and reordering each message is said once and in order (seed %i)',
    async (seed) => {
      const random = seeded(seed);
      const hub = new Hub();
      hub.latency = () => Math.floor(random() * 200);
      const cuts = ['before', 'after', 'between'] as const;
      hub.fate = () => {
        if (random() < 0.3) return { cut: cuts[Math.floor(random() * 3)]! };
        if (random() < 0.1) return { error: { code: 'busy', message: '', retry_ms: 500 } };
        return { replyFirst: random() < 0.5 };
      };
      const session = start(hub);
      const sent: string[] = [];
      for (let i = 0; i < 30; i++) {
        await wait(Math.floor(random() * 1500));
        session.post(`message ${i}`);
        sent.push(`message ${i}`);
        if (random() < 0.05) hub.cutAll();
      }
      hub.fate = () => ({});
      await wait(120_000);
      expect(session.current().pending).toEqual([]);
      expect(hub.log.map((m) => m.text)).toEqual(sent);
      // Nobody else speaks here, so every gap of an interruption is filled by the answers to the repeated posts.
      expect(kinds(session)).toEqual(sent.map(() => 'message'));
      expect(texts(session)).toEqual(sent);
    },
  );
});

describe('gaps', () => {
  test('messages of an absence are counted, not passed over', async () => {
    const hub = new Hub();
    const session = start(hub);
    await wait(100);
    hub.other('a');
    await wait(50);
    hub.cutAll();
    hub.other('b');
    hub.other('c');
    await wait(3000);
    hub.other('d');
    await wait(50);
    expect(kinds(session)).toEqual(['message', '2-3', 'message']);
  });

  test('an absence in which nothing was said leaves no trace', async () => {
    const hub = new Hub();
    const session = start(hub);
    await wait(100);
    hub.other('a');
    await wait(50);
    hub.cutAll();
    await wait(3000);
    expect(kinds(session)).toEqual(['message']);
  });

  test('a server that forgot begins the room anew and its numbering is accepted', async () => {
    const hub = new Hub();
    const session = start(hub);
    await wait(100);
    for (const text of ['a', 'b', 'c']) hub.other(text);
    await wait(50);
    hub.restart();
    await wait(3000);
    hub.other('d');
    await wait(50);
    expect(kinds(session)).toEqual(['message', 'message', 'message', 'anew', 'message']);
    const keys = session.current().log.entries.map((e) => e.key);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('the same event twice is one message', async () => {
    const hub = new Hub();
    const session = start(hub);
    await wait(100);
    const event = hub.other('a');
    hub.spread(event);
    await wait(50);
    expect(texts(session)).toEqual(['a']);
  });
});

describe('who one is', () => {
  test('a rename tells what it became and is kept', async () => {
    const hub = new Hub();
    const keep = memory();
    const session = start(hub, keep);
    await wait(100);
    hub.renameTo = (wish) => `${wish} 2`;
    const done = vi.fn<(result: unknown) => void>();
    session.rename('  Ann\n', done);
    await wait(100);
    expect(done).toHaveBeenCalledWith({ name: 'Ann 2' });
    expect(keep.map.get('name')).toBe('Ann 2');
  });

  test('a rename without a connection goes along with the next hello', async () => {
    const hub = new Hub();
    const session = start(hub);
    await wait(100);
    hub.down = true;
    hub.cutAll();
    const done = vi.fn<(result: unknown) => void>();
    session.rename('Ann', done);
    expect(done).toHaveBeenCalledWith({ name: 'Ann' });
    hub.down = false;
    await wait(5000);
    expect(hub.hellos.at(-1)).toMatchObject({ name: 'Ann' });
  });

  test('a rename that is cut off does not wait for ever', async () => {
    const hub = new Hub();
    const session = start(hub);
    await wait(100);
    const done = vi.fn<(result: unknown) => void>();
    session.rename('Ann', done);
    hub.cutAll();
    expect(done).toHaveBeenCalledWith({ error: { code: 'closed', message: '' } });
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
