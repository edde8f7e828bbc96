import { describe, expect, test } from 'vitest';
import type { ServerInfo, You } from '../../src/sync/core';
import type { RoomView } from '../../src/sync/room';
import { mayCallAll, slowOf, whyNot } from '../../src/ui/composer/rights';
import { mayAdd, mayPin, mayRemove, mayRename, maySettle, mayTopic } from '../../src/ui/rooms/rights';
import { FOR_EVER, mayCreate } from '../../src/sync/roles';

const room = (more: Partial<RoomView> = {}) => ({ id: 'garden', kind: 'public', archived: false, host: false, slow_ms: 0, ...more }) as RoomView;
const you = (more: Partial<You> = {}): You => ({ id: 'me', name: 'Me', role: 'member', ...more });
const server = (more: Partial<ServerInfo> = {}) => ({ members_only: false, slow_ms: 0, name: '', signup: 'open', guests: 'talk', ...more }) as ServerInfo;
const why = (r: RoomView, y: You, s = server()) => whyNot(r, y, s, 1000)?.why ?? null;

describe('who may write', () => {
  test('nobody in an archived room', () => {
    expect(why(room({ archived: true, host: true }), you({ role: 'owner' }))).toBe('archived');
    expect(why(room(), you())).toBeNull();
  });

  test('in a room of announcements hosts, offices and bots', () => {
    const hall = room({ kind: 'announcement' });
    expect(why(hall, you())).toBe('announcement');
    for (const role of ['moderator', 'admin', 'owner', 'bot']) expect(why(hall, you({ role }))).toBeNull();
    expect(why({ ...hall, host: true }, you())).toBeNull();
  });

  test('not who is muted, as long as it lasts', () => {
    expect(whyNot(room(), you({ muted_until: 2000 }), server(), 1000)).toEqual({ why: 'muted', until: 2000 });
    expect(why(room(), you({ muted_until: 1000 }))).toBeNull();
    expect(why(room(), you({ muted_until: FOR_EVER }))).toBe('muted');
  });

  test('guests not while only members may', () => {
    expect(why(room(), you({ role: 'guest' }), server({ members_only: true }))).toBe('members_only');
    expect(why(room(), you(), server({ members_only: true }))).toBeNull();
  });
});

test('how long one waits: the longer of the two, and some never', () => {
  expect(slowOf(room({ slow_ms: 5000 }), you(), server({ slow_ms: 8000 }))).toBe(8000);
  expect(slowOf(room({ slow_ms: 5000 }), you(), server())).toBe(5000);
  expect(slowOf(room({ slow_ms: 5000, host: true }), you(), server())).toBe(0);
  expect(slowOf(room({ slow_ms: 5000 }), you({ role: 'moderator' }), server())).toBe(0);
});

test('who calls everybody, and brings others in', () => {
  expect(mayCallAll(you({ role: 'guest' }), server())).toBe(false);
  expect(mayCallAll(you({ role: 'guest' }), server({ guests: 'all' }))).toBe(true);
  const add = (r: RoomView, y = you(), s = server()) => mayAdd({ you: y, server: s }, r);
  expect(add(room())).toBe(true);
  expect(add(room({ id: 'lobby' }))).toBe(false);
  expect(add(room({ kind: 'direct' }))).toBe(false);
  expect(add(room({ archived: true }))).toBe(false);
  expect(add(room(), you({ role: 'guest' }))).toBe(false);
  // Into a private room only its hosts and admins bring others.
  expect(add(room({ kind: 'private' }))).toBe(false);
  expect(add(room({ kind: 'private', host: true }))).toBe(true);
  expect(add(room({ kind: 'private' }), you({ role: 'admin' }))).toBe(true);
});

test('who is muted only reads, and settles what is no speaking', () => {
  const muted = { you: you({ role: 'owner', muted_until: FOR_EVER }), server: server() };
  const free = { you: you({ role: 'owner', muted_until: 1000 }), server: server() };
  for (const may of [mayTopic, mayPin, mayAdd, mayRename]) {
    expect(may(muted, room())).toBe(false);
    expect(may(free, room())).toBe(true);
  }
  expect(mayCreate(muted)).toBe(false);
  expect(maySettle(muted, room())).toBe(true);
});

test('moderators take out of a room who does not count more than they; hosts everybody', () => {
  const moderator = { you: you({ role: 'moderator' }), server: server() };
  expect(mayRemove(moderator, room(), 'moderator')).toBe(true);
  expect(mayRemove(moderator, room(), 'admin')).toBe(false);
  expect(mayRemove({ you: you(), server: server() }, room({ host: true }), 'owner')).toBe(true);
  expect(mayRemove({ you: you({ role: 'guest' }), server: server() }, room({ host: true }), 'guest')).toBe(false);
  expect(mayRemove({ you: you({ role: 'guest' }), server: server({ guests: 'all' }) }, room({ host: true }), 'guest'), 'guests may all').toBe(true);
});
