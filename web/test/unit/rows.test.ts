import { afterEach, describe, expect, test } from 'vitest';
import { RoomLog, type Message } from '../../src/sync/roomlog';
import { dayIn, daysAgo, quickDays } from '../../src/ui/history/date/days';
import { countNew, firstNew, follows, GROUP_MS, isBare, isWhole, lastSaid, nearest, runAt } from '../../src/ui/history/rows';

const ann = { id: 'ann', name: 'Ann' };
const me = { id: 'me', name: 'Me' };
let seq = 0;

function room(head = 0): RoomLog {
  seq = head;
  return new RoomLog('me', head, String(head));
}

function event(body: object, from = ann, ts = seq * 1000) {
  seq++;
  return { room: 'r', seq, mid: String(seq), ts, from, ...body } as Parameters<RoomLog['apply']>[0];
}

const say = (log: RoomLog, text = 'x', from = ann, ts?: number) => log.apply(event({ ev: 'message', text }, from, ts));
const lastOf = (log: RoomLog) => log.entries.at(-1) as Message;

const before = process.env.TZ;
afterEach(() => {
  if (before === undefined) delete process.env.TZ;
  else process.env.TZ = before;
});

describe('groups', () => {
  const pair = (first: number, second: number, from = ann, more: object = {}) => {
    const log = room();
    say(log, 'a', ann, first);
    log.apply(event({ ev: 'message', text: 'b', ...more }, from, second));
    return follows(lastOf(log), log.entries[0]);
  };
  const noon = new Date(2026, 5, 10, 12).getTime();

  test('go on for five minutes, by one author, without answers', () => {
    expect(pair(noon, noon + GROUP_MS - 1)).toBe(true);
    expect(pair(noon, noon + GROUP_MS)).toBe(false);
    expect(pair(noon, noon + 1, me)).toBe(false);
    expect(pair(noon, noon + 1, { id: 'ann', name: 'Anna' })).toBe(false);
    expect(pair(noon, noon + 1, ann, { reply_to: 1 })).toBe(false);
  });

  test.each(['UTC', 'Pacific/Auckland', 'America/St_Johns', 'Europe/Berlin'])('end with the day of the reader in %s', (zone) => {
    process.env.TZ = zone;
    const midnight = new Date(2026, 9, 25).getTime();
    expect(pair(midnight - 1000, midnight + 1000)).toBe(false);
    expect(pair(midnight + 1000, midnight + 2000)).toBe(true);
    // Where one hour comes twice it is still the same day.
    const late = new Date(2026, 9, 25, 2, 59).getTime();
    expect(pair(late, late + 60_000)).toBe(true);
  });

  test('end where something else stands between', () => {
    const log = room();
    say(log);
    log.apply(event({ ev: 'topic', text: 'tea' }));
    say(log);
    expect(follows(lastOf(log), log.entries[1])).toBe(false);
  });
});

describe('comings and goings', () => {
  test('in a row are one; everything else is told for itself', () => {
    const log = room();
    for (const ev of ['joined', 'left', 'joined', 'topic', 'joined']) log.apply(event({ ev, text: 'x' }));
    expect(runAt(log, 0, 5).map((h) => h.what)).toEqual(['joined', 'left', 'joined']);
    expect(runAt(log, 0, 2)).toHaveLength(2);
    expect(runAt(log, 3, 5).map((h) => h.what)).toEqual(['topic']);
    say(log);
    expect(runAt(log, 5, 6)).toEqual([]);
  });
});

describe('what is new', () => {
  test('counts messages of others, and what is not held', () => {
    const log = room();
    say(log);
    say(log, 'mine', me);
    say(log);
    log.apply(event({ ev: 'delete', target: 3 }));
    say(log);
    expect(countNew(log, 0)).toBe(2);
    expect(countNew(log, 1)).toBe(1);
    expect(countNew(log, 5)).toBe(0);
    const far = room(100);
    say(far);
    expect(countNew(far, 90)).toBe(11);
    expect(countNew(far, 100)).toBe(1);
  });

  test('begins with a message of somebody else, or with what has to be fetched first', () => {
    const log = room(10);
    say(log, 'mine', me);
    say(log, 'theirs');
    say(log, 'theirs, too');
    expect(firstNew(log, 11)).toMatchObject({ kind: 'message', seq: 12 });
    expect(firstNew(log, 13)).toMatchObject({ kind: 'message', seq: 13 });
    expect(firstNew(log, 14)).toBeNull();
    expect(firstNew(log, 8)).toMatchObject({ kind: 'gap', last: 10 });
  });
});

describe('places', () => {
  test('the nearest to what is no message is what stands before it', () => {
    const log = room();
    say(log);
    say(log);
    log.apply(event({ ev: 'react', target: 1, emoji: '👍' }));
    say(log);
    expect(nearest(log, 3)).toBe(1);
    expect(nearest(log, 4)).toBe(2);
    expect(nearest(log, 99)).toBe(2);
    expect(nearest(log, 0)).toBe(0);
    expect(lastSaid(log, 2)?.seq).toBe(2);
    expect(lastSaid(log, 0)).toBeUndefined();
  });

  test('whether all of it is there, or nothing', () => {
    const log = room();
    expect([isWhole(log), isBare(log)]).toEqual([false, false]);
    say(log);
    expect([isWhole(log), isBare(log)]).toEqual([true, false]);
    const far = room(10);
    expect([isWhole(far), isBare(far)]).toEqual([false, true]);
    say(far);
    expect([isWhole(far), isBare(far)]).toEqual([false, false]);
  });
});

describe('days to go to', () => {
  test.each(['UTC', 'Pacific/Auckland', 'America/St_Johns', 'Europe/Berlin'])('are those of the calendar in %s', (zone) => {
    process.env.TZ = zone;
    // In Berlin the clock went forward in the night before.
    const now = new Date(2026, 2, 30, 0, 30).getTime();
    expect(dayIn(now)).toBe('2026-03-30');
    expect(quickDays(now).map(({ ms }) => (ms === 0 ? '' : dayIn(ms)))).toEqual(['2026-03-30', '2026-03-29', '2026-03-23', '']);
    for (const days of [0, 1, 7]) expect(new Date(daysAgo(days, now)).getHours()).toBe(0);
  });
});
