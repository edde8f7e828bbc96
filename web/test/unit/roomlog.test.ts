import { describe, expect, test } from 'vitest';
import type { KeptEvent, Page } from '../../src/proto/v1';
import { KEEP_AWAY, KEEP_OPEN, RoomLog, type Entry } from '../../src/sync/roomlog';
import { Community, type FakeRoom } from '../fake-core.mjs';
import { seeded } from './fake-hub';

const ME = 'ann';

function world() {
  let now = 1_700_000_000_000;
  const core = new Community(() => (now += 1000));
  const room = core.rooms.get('lobby') as FakeRoom;
  const say = (body: object, who = 'bob', cid?: string) => core.append(room, { id: who, name: who }, { ...body }, cid);
  const post = (text: string, who = 'bob') => say({ ev: 'message', text }, who);
  const page = (query: object) => core.history(room, { limit: 50, ...query });
  return { core, room, say, post, page };
}

function shape(log: RoomLog): (string | number)[] {
  return log.entries.map((e) => {
    if (e.kind === 'message') return e.seq;
    if (e.kind === 'gap') return `${e.seq}-${e.last}`;
    return e.kind === 'notices' ? 'notices' : `${e.what} ${e.seq}`;
  });
}

/** What of the entries is seen, in a form in which equal views are equal. */
function view(log: RoomLog): unknown[] {
  return log.entries.map((e) => {
    if (e.kind === 'gap') return [e.seq, e.last];
    if (e.kind === 'notices') return 'notices';
    if (e.kind === 'happening') return { ...e };
    const reactions = e.reactions
      .map((r) => `${r.emoji} ${r.count} ${r.people.toSorted().join(' ')}`)
      .toSorted();
    return { ...e, reactions, asOf: 0 };
  });
}

const FOLDS = new Set(['edit', 'delete', 'react', 'unreact']);

/** Every seq up to the cursor is in one place: held, folded into something, or in a gap. */
function sound(log: RoomLog, truth: readonly KeptEvent[]): void {
  const held = new Set<number>();
  const keys = new Set<string>();
  let at = 0;
  for (const e of log.entries) {
    keys.add(e.key);
    if (e.kind === 'notices') continue;
    if (e.seq <= at) throw new Error(`${e.kind} ${e.seq} after ${at}`);
    at = e.kind === 'gap' ? e.last : e.seq;
    if (e.kind !== 'gap') held.add(e.seq);
  }
  expect(at).toBeLessThanOrEqual(log.last);
  expect(keys.size).toBe(log.entries.length);
  const lost = truth.slice(0, log.last).filter((e) => {
    if (FOLDS.has(e.ev) || (e.ev === 'message' && e.text === '')) return false;
    return !held.has(e.seq) && log.gapAt(e.seq) === undefined;
  });
  expect(lost).toEqual([]);
}

const texts = (log: RoomLog) => log.entries.flatMap((e) => (e.kind === 'message' ? [e.text] : []));

describe('the live tail', () => {
  test('takes each event once and in order; the cursor follows', () => {
    const { room, post } = world();
    for (const text of ['a', 'b', 'c']) post(text);
    const log = new RoomLog(ME);
    const [a, b, c] = room.log as [KeptEvent, KeptEvent, KeptEvent];
    expect(log.apply(b)).toBe('skipped');
    expect([log.apply(a), log.apply(a), log.apply(b), log.apply(a), log.apply(c)]).toEqual(['applied', 'known', 'applied', 'known', 'applied']);
    expect(texts(log)).toEqual(['a', 'b', 'c']);
    expect(log.cursor).toEqual({ seq: 3, mid: c.mid });
  });

  test('edits, deletions, reactions and pins change what is held; happenings have rows of their own', () => {
    const { room, say, post } = world();
    post('one', ME);
    post('two');
    say({ ev: 'edit', target: 1, text: 'One' }, ME);
    say({ ev: 'react', target: 1, emoji: '👍' });
    say({ ev: 'react', target: 1, emoji: '👍' }, 'eve');
    say({ ev: 'unreact', target: 1, emoji: '👍' });
    say({ ev: 'pin', target: 1 });
    say({ ev: 'topic', text: 'About' });
    say({ ev: 'delete', target: 2 });
    say({ ev: 'joined' }, 'joe');
    const log = new RoomLog(ME);
    for (const e of room.log) log.apply(e);
    expect(shape(log)).toEqual([1, 2, 'pin 7', 'topic 8', 'joined 10']);
    expect(log.find(1)).toMatchObject({
      text: 'One',
      mine: true,
      edited: 1_700_000_003_000,
      pinned: true,
      reactions: [{ emoji: '👍', count: 1, people: ['eve'] }],
    });
    expect(log.find(2)).toMatchObject({ text: '', deleted: true });
    // What comes after the deletion cannot bring anything back.
    log.apply(say({ ev: 'topic', text: '' }));
    log.apply({ ...say({ ev: 'topic', text: '' }), ev: 'react', target: 2, emoji: 'x' } as KeptEvent);
    expect(log.find(2)).toMatchObject({ deleted: true, reactions: [] });
  });

  test('an unknown kept event has its place and no row; an empty message has none either', () => {
    const log = new RoomLog(ME);
    expect(log.apply({ ev: 'other', room: 'lobby', seq: 1, mid: 'x' })).toBe('applied');
    const { post } = world();
    log.apply({ ...post(''), seq: 2 });
    expect(log.entries).toEqual([]);
    expect(log.last).toBe(2);
    expect(log.gapAt(1)).toBeUndefined();
  });

  test('own messages bear their cid as key, others do not', () => {
    const { say } = world();
    const log = new RoomLog(ME);
    log.apply(say({ ev: 'message', text: 'a' }, ME, 'c1'));
    log.apply(say({ ev: 'message', text: 'b' }, 'bob', 'c1'));
    expect(log.entries.map((e) => e.key)).toEqual(['c1', '0:2']);
  });
});

describe('pages', () => {
  test('what was there before is a gap, and pages fill it from behind', () => {
    const { room, post, page } = world();
    for (let i = 1; i <= 120; i++) post(`${i}`);
    const log = new RoomLog(ME, 120, room.log[119]!.mid);
    expect(shape(log)).toEqual(['1-120']);
    const end = log.end;
    log.page(page(log.query(log.gapAt(120)!)));
    expect(shape(log)[0]).toBe('1-70');
    log.apply(post('live'));
    log.page(page(log.query(log.gapAt(70)!)));
    log.page(page(log.query(log.gapAt(1)!)));
    expect(texts(log)).toEqual([...Array.from({ length: 120 }, (_, i) => `${i + 1}`), 'live']);
    // What was read at the end has still its index.
    expect(log.end).toBe(end + 1);
    sound(log, room.log);
  });

  test('around the middle and from there both ways; the index of what is read stays', () => {
    const { room, post, page } = world();
    for (let i = 1; i <= 200; i++) post(`${i}`);
    const log = new RoomLog(ME, 200, room.log[199]!.mid);
    log.page(page({}));
    log.page(page({ around: 60, limit: 20 }));
    expect(shape(log)).toContain('1-50');
    expect(shape(log)).toContain('71-150');
    log.pivot = log.indexOfMessage(60)!;
    const above = log.gapAt(50)!;
    const below = log.gapAt(71)!;
    expect(log.query(above)).toEqual({ before: 51 });
    expect(log.query(below)).toEqual({ after: 70 });
    log.page(page(log.query(above)));
    expect(log.at(log.pivot)).toMatchObject({ seq: 60 });
    log.page(page(log.query(log.gapAt(71)!)));
    expect(log.at(log.pivot)).toMatchObject({ seq: 60 });
    log.page(page(log.query(log.gapAt(150)!)));
    expect(shape(log)).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
  });

  test('a page that was read before changes that came meanwhile is caught up with them', () => {
    const { room, say, post, page } = world();
    for (let i = 1; i <= 10; i++) post(`${i}`);
    const log = new RoomLog(ME, 10, room.log[9]!.mid);
    const old = page({});
    log.apply(say({ ev: 'edit', target: 3, text: 'three' }));
    log.apply(say({ ev: 'react', target: 4, emoji: 'x' }));
    log.apply(say({ ev: 'delete', target: 5 }));
    expect(log.page(old)).toBe(true);
    expect(log.find(3)).toMatchObject({ text: 'three' });
    expect(log.find(4)).toMatchObject({ reactions: [{ emoji: 'x', count: 1 }] });
    expect(log.find(5)).toMatchObject({ deleted: true });
  });

  test('a page that is ahead of the cursor is not told its changes a second time', () => {
    const { room, say, post, page } = world();
    post('a');
    const log = new RoomLog(ME, 1, room.log[0]!.mid);
    const react = say({ ev: 'react', target: 1, emoji: 'x' });
    const b = post('b');
    log.page(page({}));
    expect(shape(log)).toEqual([1]);
    log.apply(react);
    log.apply(b);
    expect(log.find(1)?.reactions).toEqual([{ emoji: 'x', count: 1, people: ['bob'] }]);
    expect(texts(log)).toEqual(['a', 'b']);
  });

  test('a page older than anything remembered is refused, not half believed', () => {
    const { room, say, post, page } = world();
    post('a');
    const log = new RoomLog(ME, 1, room.log[0]!.mid);
    const old = page({});
    for (let i = 0; i < 1500; i++) log.apply(say({ ev: 'edit', target: 1, text: `${i}` }));
    expect(log.page(old)).toBe(false);
    expect(shape(log)).toEqual(['1-1']);
    expect(log.page(page({}))).toBe(true);
    expect(log.find(1)).toMatchObject({ text: '1499' });
  });
});

describe('reset, notices, limits', () => {
  test('after a reset nothing is left but the new head, and keys do not come again', () => {
    const { room, post } = world();
    const log = new RoomLog(ME);
    log.apply(post('a'));
    const before = log.entries.map((e) => e.key);
    log.reset(7, 'm');
    expect(shape(log)).toEqual(['1-7']);
    expect(log.cursor).toEqual({ seq: 7, mid: 'm' });
    log.reset(0, '0');
    expect(log.entries).toEqual([]);
    log.apply(room.log[0]!);
    expect(before).not.toContain(log.entries[0]?.key);
  });

  test('notices in a row become one entry, a new object each time', () => {
    const { post } = world();
    const log = new RoomLog(ME);
    log.notice({ what: 'joined', id: 'a', name: 'Ann' });
    const first = log.entries[0];
    log.notice({ what: 'joined', id: 'b', name: 'Bob' });
    expect(log.entries).toHaveLength(1);
    expect(log.entries[0]).not.toBe(first);
    log.apply(post('x'));
    log.notice({ what: 'left', id: 'b', name: 'Bob' });
    expect(shape(log)).toEqual(['notices', 1, 'notices']);
    for (let i = 0; i < 500; i++) log.notice({ what: 'joined', id: `${i}`, name: 'x' });
    const last = log.entries[2] as Extract<Entry, { kind: 'notices' }>;
    expect(last.items.length).toBe(60);
  });

  test('holds two thousand while open, two hundred while not; what goes is a gap', () => {
    const { room, post, page } = world();
    const log = new RoomLog(ME);
    log.setOpen(true);
    for (let i = 1; i <= KEEP_OPEN + 500; i++) {
      log.apply(post(`${i}`));
      expect(log.entries.length).toBeLessThanOrEqual(KEEP_OPEN);
    }
    sound(log, room.log);
    expect(log.at(log.end - 1)).toMatchObject({ seq: KEEP_OPEN + 500 });
    expect(log.entries[0]?.kind).toBe('gap');
    log.setOpen(false);
    expect(log.entries.length).toBeLessThanOrEqual(KEEP_AWAY);
    sound(log, room.log);
    log.setOpen(true);
    while (log.entries.length < 1000) log.page(page(log.query(log.entries[0] as Extract<Entry, { kind: 'gap' }>)));
    sound(log, room.log);
  });

  test('who reads far back keeps what they read and the newest; the middle goes', () => {
    const { room, post, page } = world();
    for (let i = 1; i <= 5000; i++) post(`${i}`);
    const log = new RoomLog(ME, 5000, room.log[4999]!.mid);
    log.setOpen(true);
    log.page(page({}));
    for (let top = log.gapAt(1); top; top = log.gapAt(1)) {
      log.pivot = log.base + 5;
      const read = log.at(log.pivot);
      log.page(page(log.query(top)));
      expect(log.at(log.pivot)).toBe(read);
      expect(log.entries.length).toBeLessThanOrEqual(KEEP_OPEN);
    }
    sound(log, room.log);
    expect(log.entries[0]).toMatchObject({ kind: 'message', seq: 1 });
    expect(log.entries.at(-1)).toMatchObject({ seq: 5000 });
    expect(log.entries.filter((e) => e.kind === 'gap')).toHaveLength(1);
  });

  test('after the mark are the messages of others and those that mean me, where all of it is held', () => {
    const { room, say, post, page } = world();
    for (let i = 1; i <= 10; i++) post(`${i}`);
    post('mine', ME);
    say({ ev: 'react', target: 1, emoji: 'x' });
    say({ ev: 'delete', target: 10 });
    const log = new RoomLog(ME, 13, room.log[12]!.mid);
    expect(log.after(8)).toBeNull();
    log.page(page({ after: 8 }));
    // The server counts deleted ones, too, and all devices are to agree.
    expect(log.after(8)).toEqual({ unread: 2, mentions: 0 });
    expect(log.after(7)).toBeNull();
    expect(log.after(13)).toEqual({ unread: 0, mentions: 0 });
    log.apply({ ...say({ ev: 'message', text: '@ann' }), ev: 'message', mentions: [ME] } as KeptEvent);
    log.apply({ ...say({ ev: 'message', text: '@room' }), ev: 'message', mentions_all: true } as KeptEvent);
    expect(log.after(13)).toEqual({ unread: 2, mentions: 2 });
  });
});

describe('whatever the order', () => {
  /** Some life in a room: everything that can happen, by four people. */
  function live(w: ReturnType<typeof world>, random: () => number): void {
    const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T;
    const who = pick([ME, 'bob', 'eve', 'joe']);
    const op = random();
    const alive = w.room.log.filter((e) => e.ev === 'message');
    const m = alive.length > 0 ? pick(alive) : null;
    const cid = Math.floor(random() * 1e9).toString(16).padStart(32, '0');
    const act = (o: object) => w.core.handle({ id: who, name: who }, { room: 'lobby', cid, ...o });
    if (!m || op < 0.4) act({ op: 'post', text: `text ${w.room.log.length}` });
    else if (op < 0.55) act({ op: 'edit', target: m.seq, text: `edited ${w.room.log.length}` });
    else if (op < 0.62) act({ op: 'delete', target: m.seq });
    else if (op < 0.85) act({ op: pick(['react', 'react', 'unreact']), target: m.seq, emoji: pick(['👍', '🎉', 'x']) });
    else if (op < 0.95) act({ op: pick(['pin', 'unpin']), target: m.seq });
    else act({ op: 'topic', text: `topic ${w.room.log.length}` });
  }

  /** As after a reload: only the newest entries were kept. */
  function reborn(log: RoomLog, most: number): RoomLog {
    const again = new RoomLog(ME);
    again.restore(structuredClone(log.dump(most)));
    again.setOpen(true);
    expect(again.cursor).toEqual(log.cursor);
    expect(again.entries.filter((e) => e.kind !== 'gap').length).toBeLessThanOrEqual(most);
    return again;
  }

  function whole(w: ReturnType<typeof world>): RoomLog {
    const log = new RoomLog(ME, w.room.log.length, w.room.log.at(-1)?.mid ?? '0');
    log.setOpen(true);
    for (let gap = log.gapAt(1); gap; gap = log.gapAt(1)) log.page(w.page(log.query(gap)));
    return log;
  }

  test.each(Array.from({ length: 100 }, (_, i) => i + 1))('pages, the live tail, repetitions and reloads give one log (seed %i)', (seed) => {
    const random = seeded(seed);
    const w = world();
    const early = Math.floor(random() * 60);
    for (let i = 0; i < early; i++) live(w, random);
    const start = w.room.log.length;
    let log = new RoomLog(ME, start, w.room.log.at(-1)?.mid ?? '0');
    log.setOpen(true);
    let heard = start;
    const mail: Page[] = [];
    for (let step = 0; step < 300; step++) {
      const dice = random();
      if (dice < 0.3) live(w, random);
      else if (dice < 0.6 && heard < w.room.log.length) log.apply(w.room.log[heard++]!);
      else if (dice < 0.65 && heard > 0) log.apply(w.room.log[Math.floor(random() * heard)]!);
      else if (dice < 0.8) {
        const seq = Math.floor(random() * (w.room.log.length + 2));
        const query = [{ before: seq }, { after: seq }, { around: seq }, {}][Math.floor(random() * 4)]!;
        mail.push(w.core.history(w.room, { limit: 1 + Math.floor(random() * 12), ...query }));
      } else if (mail.length > 0) log.page(mail.splice(Math.floor(random() * mail.length), 1)[0]!);
      if (random() < 0.1) log.pivot = random() < 0.5 ? Infinity : log.base + Math.floor(random() * (log.entries.length + 1));
      if (random() < 0.02) log = reborn(log, 1 + Math.floor(random() * 30));
      if (random() < 0.02) {
        log.setHeld(false);
        expect(log.entries.every((e) => e.kind === 'gap')).toBe(true);
        log.setOpen(true);
      }
      sound(log, w.room.log);
    }
    for (; heard < w.room.log.length; heard++) log.apply(w.room.log[heard]!);
    for (const page of mail) log.page(page);
    for (let i = log.entries.length - 1; i >= 0; i--) {
      const gap = log.entries[i];
      if (gap?.kind !== 'gap') continue;
      log.page(w.page(log.query(gap)));
      i = log.entries.length;
    }
    expect(view(log)).toEqual(view(whole(w)));
  });

  test.each(Array.from({ length: 50 }, (_, i) => i + 1))('coming back with any cursor gives the same view (seed %i)', (seed) => {
    const random = seeded(seed);
    const w = world();
    const logs: RoomLog[] = [];
    for (let i = 0; i < 80; i++) {
      live(w, random);
      const fresh = w.room.log.at(-1)!;
      for (const log of logs) if (random() < 0.97 && log.last + 1 === fresh.seq) log.apply(fresh);
      if (random() < 0.3) logs.push(new RoomLog(ME));
      // Some come back in the middle, with what is told again as it is by then.
      for (const log of logs) {
        if (random() < 0.05) for (const e of w.core.replay(w.room, log.cursor)) log.apply(e as KeptEvent);
      }
    }
    const expected = view(whole(w));
    for (const log of logs) {
      for (const e of w.core.replay(w.room, log.cursor)) log.apply(e as KeptEvent);
      expect(view(log)).toEqual(expected);
    }
  });
});
