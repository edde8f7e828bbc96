import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { byTarget, overlaid } from '../../src/sync/overlay';
import { Hub, seeded } from './fake-hub';
import { done, garden, kinds, memory, pending, roomOf, start, texts, wait } from './session-rig';

beforeEach(() => {
  vi.useFakeTimers();
  vi.setSystemTime(1_700_000_000_000);
});
afterEach(() => void vi.useRealTimers());

describe('hello', () => {
  test('a first visit gets a name and a token, and the next hello brings both', async () => {
    const hub = new Hub();
    const keep = memory();
    const session = start(hub, keep);
    await wait(100);
    expect(hub.hellos[0]).toEqual({ op: 'hello', active: true, cursors: {}, id: '1' });
    expect(session.current().you).toEqual({ id: 'me', name: 'Guest 4821', role: 'guest', client: 'c' });
    session.stop();
    start(hub, keep);
    await wait(100);
    expect(hub.hellos[1]).toMatchObject({ token: 't'.repeat(43), name: 'Guest 4821' });
  });

  test('what was said before the first visit is there, the newest page at once', async () => {
    const hub = new Hub();
    for (let i = 1; i <= 70; i++) hub.other(`old ${i}`);
    const session = start(hub);
    await wait(100);
    expect(kinds(session)[0]).toBe('1-20');
    expect(texts(session)).toHaveLength(50);
    hub.other('new');
    await wait(100);
    expect(texts(session).at(-1)).toBe('new');
    session.fill(20);
    await wait(100);
    expect(texts(session)).toHaveLength(71);
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

  test('a server that takes no guests is told of and tried again later, not hammered', async () => {
    const hub = new Hub();
    hub.helloError = () => ({ code: 'guests_off', message: '' });
    const session = start(hub);
    await wait(20_000);
    expect(session.current().refused).toMatchObject({ code: 'guests_off' });
    expect(hub.hellos.length).toBeLessThan(8);
    hub.helloError = () => null;
    await wait(30_000);
    expect(session.current().refused).toBeNull();
  });

  test('a server that cannot at the moment is asked again when it says, and nobody loses their name', async () => {
    const hub = new Hub();
    let refusals = 1;
    hub.helloError = () => (refusals-- > 0 ? { code: 'disk_full', message: '', retry_ms: 4000 } : null);
    const keep = memory();
    keep.set('name', 'Ann');
    const session = start(hub, keep);
    await wait(3900);
    expect(hub.hellos).toHaveLength(1);
    expect(session.current().refused).toMatchObject({ code: 'disk_full' });
    await wait(1000);
    expect(session.current()).toMatchObject({ refused: null, you: { name: 'Ann' } });
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

  test('somebody else after the token was lost: nothing of the other one is kept', async () => {
    const hub = new Hub();
    const session = start(hub);
    await wait(100);
    session.post('mine');
    await wait(100);
    hub.me = { id: 'other', name: 'Other' };
    hub.cutAll();
    await wait(3000);
    expect(roomOf(session).log.entries).toMatchObject([{ text: 'mine', mine: false }]);
  });
});

describe('posting', () => {
  test('shows at once, is sent, and is replaced by its event', async () => {
    const hub = new Hub();
    const session = start(hub);
    await wait(100);
    expect(session.post('  \n ')).toBe('empty');
    expect(session.post('hello\n')).toBe('ok');
    expect(pending(session)).toMatchObject([{ change: { op: 'post', text: 'hello' }, state: 'sending' }]);
    const { cid } = pending(session)[0]!;
    await wait(100);
    expect(pending(session)).toEqual([]);
    expect(roomOf(session).log.entries).toMatchObject([{ kind: 'message', key: cid, mine: true, text: 'hello' }]);
  });

  test('its event is proof enough, even where the answer never comes', async () => {
    const hub = new Hub();
    const session = start(hub);
    await wait(100);
    hub.fate = () => {
      hub.down = true;
      return { cut: 'between' };
    };
    session.post('hello');
    await wait(100);
    expect(session.current().phase.at).not.toBe('ready');
    expect(texts(session)).toEqual(['hello']);
    expect(pending(session)).toEqual([]);
  });

  test('waits for ready, also when typed before the connection', async () => {
    const hub = new Hub();
    const session = start(hub);
    session.post('early');
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
    expect(session.edit(1, '"'.repeat(40_000))).toBe('too_long');
    expect(pending(session)).toEqual([]);
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
    expect(pending(session)).toMatchObject([{ change: { text: 'bad' }, state: 'failed', error: { code: 'no_room' } }]);
    hub.fate = () => ({});
    session.retry(pending(session)[0]!.cid);
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
    const [a, b] = pending(session);
    session.drop(b!.cid);
    hub.fate = () => ({});
    session.retry(a!.cid);
    await wait(200);
    expect(pending(session)).toEqual([]);
    expect(texts(session)).toEqual(['a']);
    expect(new Set(hub.posts.map((p) => p.cid)).size).toBe(3);
  });

  test('what answers a message that is gone is refused, and goes without it when it is tried again', async () => {
    const hub = new Hub();
    hub.fate = (o) => ('reply_to' in o ? { error: { code: 'no_message', message: '' } } : {});
    const session = start(hub);
    await wait(100);
    session.post('my answer', 7);
    await wait(200);
    expect(pending(session)).toMatchObject([{ state: 'failed', error: { code: 'no_message' } }]);
    session.retry(pending(session)[0]!.cid);
    await wait(200);
    expect(pending(session)).toEqual([]);
    expect(texts(session)).toEqual(['my answer']);
  });

  test.each(['rate_limited', 'busy', 'disk_full'])('%s is waited out, and nothing overtakes', async (code) => {
    const hub = new Hub();
    let refusals = 2;
    hub.fate = () => (refusals-- > 0 ? { error: { code, message: '', retry_ms: 3000 } } : {});
    const session = start(hub);
    await wait(100);
    for (const text of ['one', 'two', 'three']) session.post(text);
    await wait(2900);
    expect(hub.posts).toHaveLength(1);
    expect(pending(session)[0]).toMatchObject({ state: 'queued', error: { code } });
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
    expect(pending(session)).toMatchObject([{ state: 'failed' }]);
  });

  test('an error that names no command is about what is under way', async () => {
    const hub = new Hub();
    const session = start(hub);
    await wait(100);
    hub.fate = () => {
      for (const line of hub.lines) line.say({ re: null, error: { code: 'bad_json', message: '' } });
      return { cut: undefined as never, error: { code: 'never', message: '' } };
    };
    session.post('strange');
    await wait(100);
    expect(pending(session)).toMatchObject([{ state: 'failed', error: { code: 'bad_json' } }]);
  });

  test('stored, and the connection lost before a word of it: resent, answered as done, shown once', async () => {
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
    expect(texts(session)).toEqual(['before', 'mine', 'after']);
    expect(pending(session)).toEqual([]);
    expect(hub.said()).toEqual(['before', 'mine', 'after']);
  });

  test('acknowledged, and then lost by the server: said again after the reset', async () => {
    const hub = new Hub();
    const session = start(hub);
    await wait(100);
    hub.fate = () => {
      // The reply arrives, the event does not.
      const slow = [5, 5000];
      hub.latency = () => slow.shift() ?? 5;
      return { replyFirst: true };
    };
    hub.other('first');
    await wait(50);
    session.post('mine');
    await wait(100);
    expect(pending(session)).toMatchObject([{ acked: 2 }]);
    hub.fate = () => ({});
    hub.restart();
    await wait(3000);
    expect(pending(session)).toEqual([]);
    expect(texts(session)).toEqual(['mine']);
    expect(hub.said()).toEqual(['mine']);
  });

  test.each(Array.from({ length: 40 }, (_, i) => i + 1))(
    'through cuts, delays and reordering each thing is done once and in order (seed %i)',
    async (seed) => {
      const random = seeded(seed);
      const hub = new Hub();
      const room = garden(hub);
      hub.latency = () => Math.floor(random() * 200);
      const cuts = ['before', 'after', 'between'] as const;
      hub.fate = () => {
        if (random() < 0.3) return { cut: cuts[Math.floor(random() * 3)]! };
        if (random() < 0.1) return { error: { code: 'busy', message: '', retry_ms: 500 } };
        return { replyFirst: random() < 0.5 };
      };
      const session = start(hub);
      const sent: Record<string, string[]> = { lobby: [], garden: [] };
      for (let i = 0; i < 40; i++) {
        await wait(Math.floor(random() * 1500));
        const id = random() < 0.5 ? 'lobby' : 'garden';
        session.open(id);
        if (random() < 0.7) {
          session.post(`message ${i}`);
          sent[id]!.push(`message ${i}`);
        } else {
          const known = roomOf(session, id)?.log.entries.findLast((e) => e.kind === 'message' && e.mine);
          if (known?.kind === 'message') session.change({ op: 'react', target: known.seq, emoji: `${i}` });
        }
        if (random() < 0.1) hub.other(`from bob ${i}`, undefined, random() < 0.5 ? room : hub.lobby);
        if (random() < 0.05) hub.cutAll();
      }
      hub.fate = () => ({});
      await wait(120_000);
      for (const id of ['lobby', 'garden']) {
        expect(pending(session, id)).toEqual([]);
        const truth = hub.core.rooms.get(id)!;
        const mine = truth.log.flatMap((e) => (e.ev === 'message' && e.from.id === 'me' ? [e.text] : []));
        expect(mine).toEqual(sent[id]);
        // What is shown is what a newcomer would be shown.
        const page = hub.core.history(truth, { limit: 100 });
        session.open(id);
        await wait(1000);
        const shown = roomOf(session, id).log.entries.filter((e) => e.kind === 'message');
        const wanted = page.events.filter((e) => e.ev === 'message');
        expect(shown.map((m) => [m.seq, m.text, m.reactions])).toEqual(wanted.map((m) => [m.seq, m.text, m.reactions ?? []]));
        expect(kinds(session, id)).not.toContain('gap');
      }
    },
  );
});

describe('changes to messages', () => {
  test('are seen at once, and stay when the event comes', async () => {
    const hub = new Hub();
    const session = start(hub);
    await wait(100);
    session.post('helo');
    await wait(100);
    const seen = () => {
      const { log, pending: items } = roomOf(session);
      return overlaid(log.find(1)!, byTarget(items).get(1), 'me');
    };
    session.edit(1, 'hello');
    session.change({ op: 'react', target: 1, emoji: '👍' });
    session.change({ op: 'pin', target: 1 });
    expect(seen()).toMatchObject({ text: 'hello', pinned: true, reactions: [{ emoji: '👍', count: 1, people: ['me'] }] });
    expect(roomOf(session).log.find(1)).toMatchObject({ text: 'helo', reactions: [] });
    await wait(200);
    expect(pending(session)).toEqual([]);
    expect(seen()).toMatchObject({ text: 'hello', pinned: true, reactions: [{ emoji: '👍', count: 1, people: ['me'] }] });
    session.change({ op: 'unreact', target: 1, emoji: '👍' });
    session.change({ op: 'unpin', target: 1 });
    expect(seen()).toMatchObject({ pinned: false, reactions: [] });
    session.change({ op: 'delete', target: 1 });
    expect(seen()).toMatchObject({ deleted: true, text: '' });
    await wait(200);
    expect(roomOf(session).log.find(1)).toMatchObject({ deleted: true });
  });

  test('one that changes nothing is answered, and gone', async () => {
    const hub = new Hub();
    hub.other('x');
    hub.does({ ev: 'react', target: 1, emoji: 'y' }, hub.lobby, { id: 'me', name: 'Me' });
    const session = start(hub);
    await wait(100);
    session.change({ op: 'react', target: 1, emoji: 'y' });
    await wait(100);
    expect(pending(session)).toEqual([]);
    expect(roomOf(session).log.find(1)?.reactions).toEqual([{ emoji: 'y', count: 1, people: ['me'] }]);
  });

  test('a refused one says so, and what it was about stands as it was', async () => {
    const hub = new Hub();
    hub.other('bob\'s');
    const session = start(hub);
    await wait(100);
    session.edit(1, 'mine now');
    await wait(100);
    const { log, pending: items } = roomOf(session);
    expect(items).toMatchObject([{ state: 'failed', error: { code: 'forbidden' } }]);
    expect(overlaid(log.find(1)!, byTarget(items).get(1), 'me').text).toBe('bob\'s');
  });
});

describe('coming back', () => {
  test('brings what was missed, in its place, with what was changed meanwhile', async () => {
    const hub = new Hub();
    const session = start(hub);
    await wait(100);
    hub.other('a');
    hub.other('b');
    await wait(50);
    hub.cutAll();
    hub.other('c');
    hub.does({ ev: 'edit', target: 1, text: 'A' });
    hub.does({ ev: 'delete', target: 2 });
    hub.does({ ev: 'react', target: 3, emoji: 'x' });
    await wait(3000);
    expect(hub.hellos[1]).toMatchObject({ cursors: { lobby: { seq: 2, mid: hub.lobby.log[1]!.mid } } });
    expect(texts(session)).toEqual(['A', '', 'c']);
    expect(roomOf(session).log.find(2)).toMatchObject({ deleted: true });
    expect(roomOf(session).log.find(3)?.reactions).toHaveLength(1);
  });

  test('too far behind: the newest page, and the rest is a gap that can be filled', async () => {
    const hub = new Hub();
    const session = start(hub);
    await wait(100);
    hub.other('a');
    await wait(50);
    hub.core.replayMost = 50;
    hub.cutAll();
    for (let i = 1; i <= 120; i++) hub.other(`${i}`);
    await wait(3000);
    expect(kinds(session)[0]).toBe('1-71');
    expect(texts(session).at(-1)).toBe('120');
    session.fill(71);
    await wait(100);
    session.fill(21);
    await wait(100);
    expect(texts(session)).toHaveLength(121);
  });

  test('a server that forgot begins the room anew', async () => {
    const hub = new Hub();
    const session = start(hub);
    await wait(100);
    for (const text of ['a', 'b', 'c']) hub.other(text);
    await wait(50);
    hub.restart();
    hub.other('x');
    await wait(3000);
    hub.other('y');
    await wait(50);
    expect(texts(session)).toEqual(['x', 'y']);
  });

  test('the same event twice is one message; one that is missing ends the connection and comes', async () => {
    const hub = new Hub();
    const session = start(hub);
    await wait(100);
    const event = hub.other('a');
    hub.spread(event);
    await wait(50);
    expect(texts(session)).toEqual(['a']);
    hub.core.append(hub.lobby, { id: 'bob', name: 'Bob' }, { ev: 'message', text: 'lost' });
    hub.other('b');
    await wait(3000);
    expect(hub.opened).toBe(2);
    expect(texts(session)).toEqual(['a', 'lost', 'b']);
  });

  test('a page that cannot be had at the moment is asked for again', async () => {
    const hub = new Hub();
    for (let i = 1; i <= 5; i++) hub.other(`${i}`);
    let refusals = 2;
    hub.historyError = () => (refusals-- > 0 ? { code: 'busy', message: '', retry_ms: 1000 } : null);
    const session = start(hub);
    await wait(1500);
    expect(texts(session)).toEqual([]);
    hub.cutAll();
    await wait(5000);
    expect(texts(session)).toHaveLength(5);
  });
});

describe('rooms', () => {
  test('the lobby first, the others by name; each goes on for itself', async () => {
    const hub = new Hub();
    const room = garden(hub);
    garden(hub, 'attic');
    const session = start(hub);
    await wait(200);
    expect(session.current().rooms.map((r) => r.name)).toEqual(['Lobby', 'Attic', 'Garden']);
    expect(session.current().room?.id).toBe('lobby');
    hub.other('roses', undefined, room);
    await wait(50);
    expect(roomOf(session, 'garden').unread).toBe(1);
    expect(texts(session)).toEqual([]);
    session.open('garden');
    await wait(100);
    expect(texts(session, 'garden')).toEqual(['roses']);
    expect(kinds(session, 'garden')).toEqual(['happening', 'happening', 'message']);
    session.post('tulips');
    await wait(100);
    expect(hub.said(room)).toEqual(['roses', 'tulips']);
    expect(hub.said()).toEqual([]);
  });

  test('creating: the room is there when the answer is', async () => {
    const hub = new Hub();
    const session = start(hub);
    await wait(100);
    const told = done();
    session.create(' Garden\n', told);
    await wait(100);
    expect(told).toHaveBeenCalledWith({ ok: expect.objectContaining({ seq: 1, dup: false }) as unknown });
    const { room } = (told.mock.calls[0]![0] as { ok: { room: string } }).ok;
    expect(roomOf(session, room)).toMatchObject({ name: 'Garden', unread: 0 });
    expect(kinds(session, room)).toEqual(['happening']);
    expect(session.current().unsaved).toBe(false);
    session.create('garden', told);
    await wait(100);
    expect(told).toHaveBeenLastCalledWith({ error: expect.objectContaining({ code: 'name_taken' }) as unknown });
    expect(session.current().unsaved).toBe(false);
  });

  test('creating through a cut makes one room', async () => {
    const hub = new Hub();
    hub.fate = () => ({ cut: 'after' });
    const session = start(hub);
    await wait(100);
    const told = done();
    session.create('Garden', told);
    await wait(50);
    hub.fate = () => ({});
    await wait(3000);
    expect(told).toHaveBeenCalledOnce();
    expect(session.current().rooms.map((r) => r.name)).toEqual(['Lobby', 'Garden']);
  });

  test('browsing, joining, leaving, here and on another device', async () => {
    const hub = new Hub();
    const room = hub.core.addRoom('garden', 'Garden');
    hub.core.append(room, { id: 'bob', name: 'Bob' }, { ev: 'created', name: 'Garden' });
    hub.other('earlier', undefined, room);
    const session = start(hub);
    const second = start(hub);
    await wait(100);
    const told = done();
    session.browse('', told);
    await wait(50);
    expect(told).toHaveBeenCalledWith({
      rooms: [expect.objectContaining({ id: 'garden' }) as unknown, expect.objectContaining({ id: 'lobby' }) as unknown],
      more: false,
    });
    session.open('garden');
    expect(session.current().room).toBeNull();
    session.join('garden', told);
    await wait(200);
    expect(session.current().room?.id).toBe('garden');
    expect(kinds(session, 'garden')).toEqual(['happening', 'message', 'happening']);
    expect(second.current().rooms).toHaveLength(2);
    second.leave('garden', told);
    await wait(100);
    expect(session.current().room).toBeNull();
    expect(session.current().rooms).toHaveLength(1);
    expect(told).toHaveBeenLastCalledWith({ ok: expect.objectContaining({ room: 'garden' }) as unknown });
  });

  test('who left while away finds the room gone', async () => {
    const hub = new Hub();
    const room = garden(hub);
    const session = start(hub);
    await wait(100);
    hub.cutAll();
    hub.core.append(room, { id: 'me', name: 'Me' }, { ev: 'left' });
    await wait(3000);
    expect(session.current().rooms.map((r) => r.id)).toEqual(['lobby']);
  });

  test('a topic shows for everybody', async () => {
    const hub = new Hub();
    const session = start(hub);
    await wait(100);
    const told = done();
    session.setTopic('lobby', ' All \n things ', told);
    await wait(100);
    expect(roomOf(session).topic).toBe('All things');
    expect(told).toHaveBeenCalledOnce();
    hub.does({ ev: 'topic', text: '' });
    await wait(50);
    expect(roomOf(session).topic).toBe('');
  });
});
