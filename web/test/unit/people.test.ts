import { describe, expect, test } from 'vitest';
import type { PresenceEvent } from '../../src/proto/v1';
import { here, nobody, present, renamed, turn } from '../../src/sync/people';
import { summarise } from '../../src/sync/summary';

const room = 'lobby';
const ann = { id: 'a', name: 'Ann' };
const visitor = { id: 'v', name: 'Visitor 7f3a', visitor: true };
const presence = (from: PresenceEvent['from'], state: PresenceEvent['state'], count = 1, visitors = 0): PresenceEvent => ({
  ev: 'presence',
  room,
  from,
  state,
  count,
  visitors,
});

describe('people', () => {
  test('come, change and go', () => {
    let people = present(nobody, presence(ann, 'active'));
    expect(people.list).toEqual([{ ...ann, active: true }]);
    people = present(people, presence(ann, 'idle'));
    expect(people.list).toEqual([{ ...ann, active: false }]);
    people = renamed(people, { ev: 'renamed', room, from: { id: 'a', name: 'Anna' }, was: 'Ann' });
    expect(people.list).toEqual([{ id: 'a', name: 'Anna', active: false }]);
    people = present(people, presence(ann, 'offline', 0, 2));
    expect(people).toEqual({ list: [], count: 0, visitors: 2 });
  });

  test('visitors are counted, not listed; here replaces everything', () => {
    expect(present(nobody, presence(visitor, 'active', 0, 1))).toEqual({ list: [], count: 0, visitors: 1 });
    const list = [{ ...ann, active: true }];
    const people = here(nobody, { ev: 'here', room, count: 300, visitors: 0, people: list });
    expect(people).toEqual({ list, count: 300, visitors: 0 });
    expect(here(people, { ev: 'here', room, count: 310, visitors: 1 })).toEqual({ list, count: 310, visitors: 1 });
  });

  test('a change of state is not a coming, and a list that lacks some cannot tell', () => {
    const people = { list: [{ ...ann, active: true }], count: 1, visitors: 0 };
    expect(turn(people, presence(ann, 'idle'))).toBeNull();
    expect(turn(people, presence({ id: 'b', name: 'Bob' }, 'active', 2))).toBe('joined');
    expect(turn(people, presence({ id: 'b', name: 'Bob' }, 'idle', 2))).toBe('joined');
    expect(turn({ ...people, count: 300 }, presence({ id: 'b', name: 'Bob' }, 'active', 300))).toBeNull();
    expect(turn(people, presence(ann, 'offline'))).toBe('left');
    expect(turn(people, presence(visitor, 'active'))).toBe('joined');
    expect(turn(people, presence(visitor, 'offline'))).toBe('left');
  });
});

describe('summary', () => {
  const come = (id: string) => ({ what: 'joined', id, name: id }) as const;
  const go = (id: string) => ({ what: 'left', id, name: id }) as const;

  test('tells how things stand after all', () => {
    expect(summarise([come('a'), come('b'), go('c'), come('d'), go('d'), go('e'), come('e')])).toEqual({
      joined: ['a', 'b'],
      left: ['c'],
      passed: ['d'],
      returned: ['e'],
      renamed: [],
    });
  });

  test('a newcomer who takes a name has joined under it; a name taken back is nothing', () => {
    const named = (id: string, was: string, name: string) => ({ what: 'renamed', id, name, was }) as const;
    expect(summarise([come('a'), named('a', 'a', 'Ann')])).toMatchObject({ joined: ['Ann'], renamed: [] });
    expect(summarise([named('b', 'Bob', 'Bo'), named('b', 'Bo', 'B')]).renamed).toEqual([{ was: 'Bob', name: 'B' }]);
    expect(summarise([named('b', 'Bob', 'Bo'), named('b', 'Bo', 'Bob')]).renamed).toEqual([]);
  });
});
