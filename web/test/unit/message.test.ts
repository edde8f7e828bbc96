import { describe, expect, test } from 'vitest';
import type { Happening } from '../../src/sync/roomlog';
import { copied } from '../../src/text/copy';
import { duration, tell } from '../../src/ui/history/office';
import { namesOf } from '../../src/ui/message/names';
import { rightsIn } from '../../src/ui/message/rights';

describe('what one may do', () => {
  const can = (you: object, room: object = {}, rules: object = {}) =>
    Object.entries(rightsIn({ role: 'member', muted: false, ...you }, { kind: 'public', ...room }, { guests: 'talk', members_only: false, ...rules }))
      .filter(([, may]) => may)
      .map(([what]) => what)
      .join(' ');

  test.each([
    ['a member', {}, {}, {}, 'react speak edit pin report'],
    ['a guest who may talk', { role: 'guest' }, {}, {}, 'react speak edit report'],
    ['a guest who may all', { role: 'guest' }, {}, { guests: 'all' }, 'react speak edit pin report'],
    ['a guest while only members may', { role: 'guest' }, {}, { members_only: true }, 'report'],
    ['a member while only members may', {}, {}, { members_only: true }, 'react speak edit pin report'],
    ['somebody who is muted', { muted: true }, {}, {}, 'report'],
    ['in the archive', {}, { archived: true }, {}, 'report'],
    ['a moderator', { role: 'moderator' }, {}, {}, 'react speak edit pin deleteAny report'],
    ['a moderator in the archive', { role: 'owner' }, { archived: true }, {}, 'deleteAny report'],
    ['a host', {}, { host: true }, {}, 'react speak edit pin deleteAny report'],
    ['a host who is a guest by now', { role: 'guest' }, { host: true }, {}, 'react speak edit report'],
    ['a member among announcements', {}, { kind: 'announcement' }, {}, 'react edit report'],
    ['a host among announcements', {}, { kind: 'announcement', host: true }, {}, 'react speak edit pin deleteAny report'],
    ['an admin in a direct room', { role: 'admin' }, { kind: 'direct' }, {}, 'react speak edit pin report'],
    ['a bot', { role: 'bot' }, { kind: 'announcement' }, {}, 'react speak edit'],
  ])('%s', (_, you, room, rules, expected) => expect(can(you, room, rules)).toBe(expected));
});

describe('who reacted', () => {
  const nameOf = (id: string) => ({ a: 'Ann', b: 'Bob', c: 'Cid' })[id];
  test.each([
    [['a'], 1, 'Ann'],
    [['a', 'me', 'b'], 3, 'You, Ann, and Bob'],
    [['a', 'x', 'b'], 3, 'Ann, Bob, and 1 other'],
    [['x'], 1, '1 person'],
    [['a', 'b'], 40, 'Ann, Bob, and 38 others'],
  ])('%j of %d', (people, count, expected) => expect(namesOf({ emoji: '👍', people, count }, 'me', nameOf)).toBe(expected));
});

describe('what happened', () => {
  const base: Happening = { kind: 'happening', key: 'k', seq: 1, ts: 0, from: { id: 'a', name: 'Ann' }, what: 'created', text: '', target: null, person: null, settings: null };
  const told = (more: Partial<Happening>) =>
    tell({ ...base, ...more }).map(({ text, parts }) => text.replace(/\{(\w+)\}/g, (whole, key: string) => parts[key] ?? whole));
  const person = { id: 'b', name: 'Bob' };

  test.each<[Partial<Happening>, string[]]>([
    [{ what: 'created' }, ['Ann began this conversation']],
    [{ what: 'named', text: 'Yard' }, ['Ann named the room Yard']],
    [{ what: 'added', person }, ['Ann added Bob']],
    [{ what: 'removed', person }, ['Ann removed Bob']],
    [{ what: 'removed', person, text: 'spam' }, ['Ann removed Bob: spam']],
    [{ what: 'host', person }, ['Ann made Bob a host']],
    [{ what: 'unhost', person }, ['Bob is no host any more, by Ann']],
    [{ what: 'settings', settings: { kind: 'private', guests: false } }, ['Ann made the room private', 'Ann closed the room to guests']],
    [{ what: 'settings', settings: { slow_ms: 120_000 } }, ['Ann turned slow mode on: one message every 2 minutes']],
    [{ what: 'settings', settings: { slow_ms: 0, retention_days: 1 } }, ['Ann turned slow mode off', 'Ann set messages to be kept for 1 day']],
    [{ what: 'settings', settings: { archived: true, default: true, retention_days: 0 } }, ['Ann made this a room that newcomers are in', 'Ann archived the room: it can only be read', 'Ann set messages to be kept for good']],
  ])('%j', (more, expected) => expect(told(more)).toEqual(expected));

  test('what somebody calls themselves is never read as our words', () => {
    const [sentence] = tell({ ...base, from: { id: 'a', name: '{person}' }, what: 'added', person });
    expect(sentence?.parts).toMatchObject({ name: '{person}', person: 'Bob' });
    expect(tell({ ...base, from: { id: 'a', name: '{time}' }, what: 'settings', settings: { slow_ms: 1000 } })[0]?.text).toContain('{name}');
  });

  test('durations in the largest unit that fits', () => {
    expect([5000, 60_000, 90_000, 7_200_000].map(duration)).toEqual(['5 seconds', '1 minute', '90 seconds', '2 hours']);
  });
});

test('several messages are copied with who said them and when', () => {
  const rows = [
    { name: 'Ann', time: '12:03', text: '**hello**\n> there' },
    { name: 'Bob', time: '12:04', text: 'see [this](https://example.org)' },
  ];
  expect(copied(rows)).toBe('Ann 12:03 hello\nthere\nBob 12:04 see this');
});
