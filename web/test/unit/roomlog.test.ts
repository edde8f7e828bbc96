import { describe, expect, test } from 'vitest';
import type { MessageEvent } from '../../src/proto/v1';
import { KEEP, RoomLog } from '../../src/sync/roomlog';
import { seeded } from './fake-hub';

const event = (seq: number, text = `t${seq}`): MessageEvent => ({
  ev: 'message',
  room: 'lobby',
  seq,
  mid: String(seq),
  ts: seq,
  from: { id: 'bob', name: 'Bob' },
  text,
});

const shape = (log: RoomLog) =>
  log.entries.map((e) => (e.kind === 'message' ? e.seq : e.kind === 'gap' ? `${e.first}-${e.last}` : e.kind));

describe('room log', () => {
  test('keeps the newest two thousand under indexes that never change', () => {
    const log = new RoomLog();
    log.attach(0);
    for (let seq = 1; seq <= KEEP + 500; seq++) log.add(event(seq), false);
    expect(log.entries).toHaveLength(KEEP);
    expect(log.base).toBe(500);
    expect(log.at(500)).toMatchObject({ seq: 501 });
    expect(log.at(499)).toBeUndefined();
    expect(log.end).toBe(KEEP + 500);
  });

  test('a hole in a live stream is shown too', () => {
    const log = new RoomLog();
    log.attach(3);
    log.add(event(4), false);
    log.add(event(7), false);
    expect(shape(log)).toEqual([4, '5-6', 7]);
  });

  test('two absences in a row are one gap', () => {
    const log = new RoomLog();
    log.attach(3);
    log.attach(5);
    log.attach(9);
    expect(shape(log)).toEqual(['4-9']);
  });

  test('an empty message is held and not shown', () => {
    const log = new RoomLog();
    log.attach(0);
    log.add(event(1, ''), false);
    log.add(event(2), false);
    expect(shape(log)).toEqual([2]);
    expect(log.last).toBe(2);
  });

  test('notices in a row become one entry, a new object each time', () => {
    const log = new RoomLog();
    log.attach(0);
    log.notice({ what: 'joined', id: 'a', name: 'Ann' });
    const first = log.entries[0];
    log.notice({ what: 'joined', id: 'b', name: 'Bob' });
    expect(log.entries).toHaveLength(1);
    expect(log.entries[0]).not.toBe(first);
    expect(log.entries[0]).toMatchObject({ items: [{ name: 'Ann' }, { name: 'Bob' }] });
    log.add(event(1), false);
    log.notice({ what: 'left', id: 'b', name: 'Bob' });
    expect(shape(log)).toEqual(['notices', 1, 'notices']);
    for (let i = 0; i < 500; i++) log.notice({ what: 'joined', id: `${i}`, name: 'x' });
    const last = log.entries[2];
    expect(last?.kind === 'notices' && last.items.length).toBe(60);
  });

  test('after the room began anew, old gaps are not filled with new messages', () => {
    const log = new RoomLog();
    log.attach(0);
    log.attach(5);
    log.attach(0);
    log.add(event(1), false);
    expect(log.add(event(1), false)).toBe(false);
    expect(shape(log)).toEqual(['1-5', 'anew', 1]);
  });

  test('another log is noticed even where the numbers happen to agree', () => {
    const log = new RoomLog();
    log.attach(0, 'one');
    log.add(event(1), false);
    log.attach(1, 'one');
    expect(shape(log)).toEqual([1]);
    log.attach(1, 'two');
    expect(shape(log)).toEqual([1, 'anew', '1-1']);
  });

  test('a room that began anew and has gone on already says what was missed of it', () => {
    const log = new RoomLog();
    log.attach(10);
    log.add(event(11), false);
    log.attach(4);
    expect(shape(log)).toEqual([11, 'anew', '1-4']);
  });

  test.each(Array.from({ length: 50 }, (_, i) => i + 1))('a gap filled in any order ends in order (seed %i)', (seed) => {
    const random = seeded(seed);
    const log = new RoomLog();
    log.attach(0);
    log.attach(30);
    const seqs = Array.from({ length: 30 }, (_, i) => i + 1);
    for (let i = seqs.length - 1; i > 0; i--) {
      const j = Math.floor(random() * (i + 1));
      [seqs[i], seqs[j]] = [seqs[j]!, seqs[i]!];
    }
    for (const seq of seqs) {
      log.add(event(seq), false);
      log.add(event(seqs[Math.floor(random() * 30)]!), false);
      // At every moment each number stands for exactly one message or lies in exactly one gap.
      let next = 1;
      for (const e of log.entries) {
        if (e.kind === 'message') expect(e.seq).toBe(next++);
        else if (e.kind === 'gap') {
          expect(e.first).toBe(next);
          next = e.last + 1;
        }
      }
      expect(next).toBe(31);
    }
    expect(shape(log)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
  });
});
