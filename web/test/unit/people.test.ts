import { describe, expect, test } from 'vitest';
import { here, nobody, present } from '../../src/sync/people';
import { summarise } from '../../src/sync/summary';

const room = 'lobby';
const ann = { id: 'a', name: 'Ann' };

describe('people', () => {
  test('come, change and go', () => {
    let people = present(nobody, { ev: 'joined', room, from: ann, active: true, count: 1, visitors: 0 });
    expect(people.list).toEqual([{ ...ann, active: true }]);
    people = present(people, { ev: 'joined', room, from: ann, active: false, count: 1, visitors: 0 });
    expect(people.list).toEqual([{ ...ann, active: false }]);
    people = present(people, { ev: 'active', room, from: ann, active: true });
    people = present(people, { ev: 'renamed', room, from: { id: 'a', name: 'Anna' }, was: 'Ann' });
    expect(people.list).toEqual([{ id: 'a', name: 'Anna', active: true }]);
    people = present(people, { ev: 'left', room, from: ann, count: 0, visitors: 2 });
    expect(people).toEqual({ list: [], count: 0, visitors: 2 });
  });

  test('visitors are counted, not listed; here replaces everything', () => {
    const visitor = { id: 'v', name: 'Visitor 7f3a', visitor: true };
    const people = present(nobody, { ev: 'joined', room, from: visitor, active: true, count: 0, visitors: 1 });
    expect(people).toEqual({ list: [], count: 0, visitors: 1 });
    const list = [{ ...ann, active: true }];
    expect(here({ ev: 'here', room, count: 300, visitors: 0, people: list })).toEqual({ list, count: 300, visitors: 0 });
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
