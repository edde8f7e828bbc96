import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { MessageEvent } from '../../src/proto/v1';
import { Bell, quietAt, shouldRing, WAIT_MS, type Ears, type Ring } from '../../src/sync/ring';
import { waitingIn, type RingRoom } from '../../src/sync/waiting';

const YOU = 'me';

function room(id: string, more: Partial<RingRoom> = {}): RingRoom {
  return { id, kind: 'public', level: 'all', read: 0, unread: 0, mentions: 0, ...more };
}

function said(seq: number, more: Partial<MessageEvent> = {}): MessageEvent {
  return { ev: 'message', room: 'lobby', seq, mid: String(seq), ts: 1000 + seq, from: { id: 'bob', name: 'Bob' }, text: 'x', ...more };
}

function ears(rooms: RingRoom[] = [room('lobby')], more: Partial<Ears> = {}): Ears {
  return { you: YOU, leads: true, ready: true, looks: false, room: (id) => rooms.find((r) => r.id === id), calls: () => false, ...more };
}

describe('a message rings', () => {
  const mention = { mentions: ['ann', YOU] };
  const toAll = { mentions_all: true };
  test.each([
    ['all', 'public', {}, true],
    ['all', 'public', mention, true],
    ['mentions', 'public', {}, false],
    ['mentions', 'public', { mentions: ['ann'] }, false],
    ['mentions', 'public', mention, true],
    ['mentions', 'public', toAll, true],
    ['none', 'public', mention, false],
    ['all', 'direct', {}, true],
    ['mentions', 'direct', {}, true],
    ['none', 'direct', mention, false],
  ] as const)('with level %s in a %s room, %o: %s', (level, kind, more, rings) => {
    expect(shouldRing(said(5, more as Partial<MessageEvent>), ears([room('lobby', { level, kind })]))).toBe(rings);
  });

  test('a word of mine rings where a mention would', () => {
    const ring = (level: RingRoom['level'], text: string) =>
      shouldRing(said(5, { text }), ears([room('lobby', { level })], { calls: (t) => t === 'tea' }));
    expect(ring('mentions', 'tea')).toBe(true);
    expect(ring('mentions', 'coffee')).toBe(false);
    expect(ring('none', 'tea')).toBe(false);
  });

  test('not when it is one’s own, read, deleted, of a room that one is not in, or another tab leads', () => {
    expect(shouldRing(said(5, { from: { id: YOU, name: 'Me' } }), ears())).toBe(false);
    expect(shouldRing(said(5), ears([room('lobby', { read: 5 })]))).toBe(false);
    expect(shouldRing(said(5), ears([room('lobby', { read: 4 })]))).toBe(true);
    expect(shouldRing(said(5, { deleted: true }), ears())).toBe(false);
    expect(shouldRing(said(5, { room: 'gone' }), ears())).toBe(false);
    expect(shouldRing(said(5), ears(undefined, { leads: false }))).toBe(false);
  });
});

test.each([
  [22, 22, 7, true],
  [3, 22, 7, true],
  [7, 22, 7, false],
  [12, 22, 7, false],
  [12, 9, 17, true],
  [17, 9, 17, false],
  [5, 0, 0, false],
  [5, 6, 6, false],
])('at %i, quiet from %i to %i: %s', (hour, from, to, quiet) => {
  expect(quietAt(hour, from, to)).toBe(quiet);
});

test('what waits is loud when it is for me, quiet when I only want to know, and nothing when I do not', () => {
  const rooms = [
    room('lobby', { unread: 10, mentions: 2 }),
    room('ann', { kind: 'direct', unread: 3 }),
    room('quiet', { level: 'mentions', unread: 5, mentions: 1 }),
    room('never', { level: 'none', unread: 9, mentions: 9 }),
  ];
  expect(waitingIn(rooms)).toEqual({ loud: 6, quiet: 8 });
  expect(waitingIn([])).toEqual({ loud: 0, quiet: 0 });
});

describe('the bell', () => {
  let rooms: RingRoom[];
  let more: Partial<Ears>;
  let rung: Ring[];
  let bell: Bell;

  beforeEach(() => {
    vi.useFakeTimers();
    rooms = [room('lobby'), room('garden')];
    more = {};
    rung = [];
    bell = new Bell(() => ears(rooms, more), (ring) => rung.push(ring));
  });
  afterEach(() => {
    bell.stop();
    vi.useRealTimers();
  });

  const hear = (seq: number, live = true, of = 'lobby') => bell.said({ room: of, event: said(seq, { room: of }), live });
  const later = () => vi.advanceTimersByTime(WAIT_MS);

  test('waits a moment, and is silent about what was read by then', () => {
    hear(1);
    expect(rung).toEqual([]);
    rooms[0]!.read = 1;
    later();
    expect(rung).toEqual([]);
  });

  test('in a room that is read as it comes, what came just now waits for the next time', () => {
    for (let seq = 1; seq <= 20; seq++) {
      hear(seq);
      vi.advanceTimersByTime(100);
      rooms[0]!.read = seq;
    }
    later();
    expect(rung).toEqual([]);
    hear(21);
    vi.advanceTimersByTime(WAIT_MS - 1);
    hear(22);
    vi.advanceTimersByTime(1);
    expect(rung).toMatchObject([{ last: { seq: 21 }, count: 1 }]);
    later();
    expect(rung.slice(1)).toMatchObject([{ last: { seq: 22 }, count: 1 }]);
  });

  test('rings once for a room, with the last of what was said and how much it was', () => {
    hear(1);
    hear(2);
    hear(1, true, 'garden');
    later();
    expect(rung).toEqual([
      { about: 'room', room: 'lobby', last: said(2), count: 2 },
      { about: 'room', room: 'garden', last: said(1, { room: 'garden' }), count: 1 },
    ]);
    hear(3);
    later();
    expect(rung).toHaveLength(3);
    expect(rung[2]).toMatchObject({ last: { seq: 3 }, count: 1 });
  });

  test('rings once for all that was missed, when all of it has come', () => {
    more = { ready: false };
    hear(1, false);
    hear(2, false);
    later();
    hear(1, false, 'garden');
    later();
    expect(rung).toEqual([]);
    more = { ready: true };
    bell.changed();
    later();
    expect(rung).toEqual([{ about: 'rooms', rooms: 2, count: 3 }]);
    bell.changed();
    later();
    expect(rung).toHaveLength(1);
  });

  test('names the room when all that was missed is in one, and what is said meanwhile rings for itself', () => {
    hear(1, false);
    hear(2, false);
    later();
    expect(rung).toEqual([{ about: 'room', room: 'lobby', last: said(2), count: 2 }]);
    hear(3, false);
    hear(4, false, 'garden');
    hear(5);
    later();
    expect(rung.slice(1)).toEqual([
      { about: 'rooms', rooms: 2, count: 2 },
      { about: 'room', room: 'lobby', last: said(5), count: 1 },
    ]);
  });

  test('does not ring for what was missed when somebody looks at the page, but for what is said elsewhere meanwhile', () => {
    more = { looks: true };
    hear(1, false);
    hear(1, false, 'garden');
    hear(2, true, 'garden');
    later();
    expect(rung).toEqual([{ about: 'room', room: 'garden', last: said(2, { room: 'garden' }), count: 1 }]);
  });

  test('forgets what another tab has rung for', () => {
    more = { leads: false };
    hear(1);
    later();
    more = { leads: true };
    bell.changed();
    later();
    expect(rung).toEqual([]);
  });
});
