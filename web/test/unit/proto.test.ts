import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as decoders from '../../src/proto/decode';
import {
  decode,
  helloOf,
  hereOf,
  keptReplyOf,
  madeOf,
  pageOf,
  purgedOf,
  readOf,
  renamedOf,
  roomsOf,
  settingsOf,
  unreadOf,
} from '../../src/proto/decode';
import { listOf, searchOf } from '../../src/proto/found';
import type { ListName } from '../../src/proto/v1';

type Json = Record<string, unknown>;
const from = { id: 'a', name: 'Ann' };

const vectors = (name: string): Json[] =>
  JSON.parse(readFileSync(new URL(`../../../tests/vectors/${name}.json`, import.meta.url), 'utf8')) as Json[];

describe('what the server says, as the shared vectors have it', () => {
  const all = vectors('events') as { name: string; json: string; fields: Json }[];

  test.each(all.filter((v) => 'ev' in v.fields).map((v) => [v.name, v] as const))('%s', (_, { json, fields }) => {
    const kind = 'mid' in fields && 'seq' in fields ? 'kept' : 'passing';
    expect(decode(json)).toEqual({ kind, event: fields });
  });

  const replies = all.filter((v) => 're' in v.fields);
  test.each(replies.map((v) => [v.name, v] as const))('%s', (_, { json, fields }) => {
    const frame = decode(json);
    if (frame?.kind !== 'reply') throw new Error('not a reply');
    const { re, ok: _ok, ...rest } = fields;
    if ('error' in fields) return expect(frame.reply).toEqual({ re, error: fields.error });
    expect(frame.reply).toEqual({ re, body: fields });
    if ('you' in rest) {
      const { limits } = helloOf(fields)!;
      // The limit of rooms is the server's business alone.
      return expect({ ...helloOf(fields), limits: { rooms: 200, ...limits } }).toEqual(rest);
    }
    if ('rooms' in rest) return expect(roomsOf(fields)).toEqual(rest);
    if ('events' in rest) return expect(pageOf(fields)).toEqual(rest);
    if ('people' in rest) return expect(hereOf(fields)).toMatchObject(rest);
    if ('name' in rest) return expect(renamedOf(fields)).toBe(rest.name);
    if ('rows' in rest) return expect(listOf(fields, fields.what as ListName)).toEqual(rest);
    if ('hits' in rest) return expect(searchOf(fields)).toEqual(rest);
    if ('deleted' in rest) return expect(purgedOf(fields)).toEqual(rest);
    if ('link' in rest || 'url' in rest || 'token' in rest || 'id' in rest) return expect(madeOf(fields)).toEqual(rest);
    if ('unread' in rest) expect(unreadOf(fields)).toEqual({ unread: rest.unread, mentions: rest.mentions });
    if ('level' in rest) return;
    if ('dup' in rest && !('seq' in rest)) return expect(keptReplyOf(fields)).toEqual({ room: rest.room, changed: false });
    if ('dup' in rest || 'changed' in rest) return expect(keptReplyOf(fields)).toEqual(rest);
    if ('seq' in rest) return expect(readOf(fields)).toBe(rest.seq);
    return expect(rest).toEqual({});
  });

  test('there are vectors for every kind of event and for each decoder', () => {
    const kinds = new Set(all.map((v) => v.fields.ev).filter((ev) => ev !== undefined));
    expect(kinds.size).toBeGreaterThanOrEqual(30);
    expect(replies.length).toBeGreaterThan(Object.keys(decoders).length);
  });
});

describe('decode', () => {
  test('passes over what it does not know or what is not whole', () => {
    for (const text of [
      '',
      '{',
      'null',
      '[]',
      '"x"',
      '{}',
      '{"ev":"toString"}',
      '{"ev":"reaction","room":"lobby"}',
      '{"ev":"message","room":"lobby","seq":1.5,"mid":"1","ts":1,"from":{"id":"a","name":"b"},"text":"x"}',
      '{"ev":"message","room":"lobby","seq":-1,"mid":"1","ts":1,"from":{"id":"a","name":"b"},"text":"x"}',
      '{"ev":"here","room":"lobby","count":1,"visitors":0,"people":[null]}',
      '{"ev":"presence","room":"lobby","from":{"id":"a","name":"b"},"state":"away","count":1,"visitors":0}',
      '{"ev":"room","room":"x","info":{"id":"x"}}',
      '{"ev":"level","room":"lobby","level":"loud","unread":0,"mentions":0}',
      '{"ev":"server","members_only":1,"slow_ms":0,"name":""}',
      '{"ev":"server","members_only":true,"slow_ms":0}',
      '{"ev":"you"}',
      '{"ev":"ended"}',
      '{"re":1,"ok":true}',
      '{"re":"1"}',
    ]) {
      expect(decode(text), text).toBeNull();
    }
  });

  test('a kept event that it does not understand keeps its place in the count', () => {
    for (const more of [
      { ev: 'poll', question: '?' },
      { ev: 'message', ts: 1, from: null, text: 'x' },
      { ev: 'message', ts: 1, from },
      { ev: 'message', ts: 1, from, text: 'x', reactions: [{ emoji: 'x' }] },
      { ev: 'edit', ts: 1, from, text: 'no target' },
      { ev: 'message', ts: 1, from, text: 'x', files: [{ id: 5 }] },
      { ev: 'message', ts: 1, from, text: 'x', mentions: 'all' },
      { ev: 'added', ts: 1, from },
      { ev: 'named', ts: 1, from },
      { ev: 'toString', ts: 1, from },
    ]) {
      const event = { room: 'lobby', seq: 7, mid: '8', ...more };
      expect(decode(JSON.stringify(event))).toEqual({
        kind: 'kept',
        event: { ev: 'other', room: 'lobby', seq: 7, mid: '8' },
      });
    }
  });

  test('an error is an error, whatever else it carries', () => {
    expect(decode('{"re":"1","error":{"code":"busy","message":"","retry_ms":5,"more":1}}')).toEqual({
      kind: 'reply',
      reply: { re: '1', error: { code: 'busy', message: '', retry_ms: 5 } },
    });
  });

  test('an answer to hello needs a person; the rest has defaults', () => {
    expect(helloOf({})).toBeNull();
    expect(helloOf({ you: { id: 'a' }, rooms: [] })).toBeNull();
    expect(helloOf({ you: from, rooms: [{ id: 'lobby', head: 3 }, { id: 'bad' }, null] })).toEqual({
      you: { ...from, client: '', role: 'guest' },
      limits: { message_bytes: 65_536, name_chars: 40, topic_chars: 250, page: 100 },
      heartbeat_ms: 30_000,
      build: '',
      server: { members_only: false, slow_ms: 0, name: '', signup: '', guests: '' },
      rooms: [{ id: 'lobby', name: '', kind: '', topic: '', head: 3, mid: '0', ts: 0, read: 0, unread: 0, mentions: 0, level: 'all', count: 0, visitors: 0 }],
    });
    expect(keptReplyOf({ seq: 'x' })).toBeNull();
  });

  test('of lists and searches it takes what is whole', () => {
    expect(listOf({ rows: [] }, 'bans')).toBeNull();
    expect(listOf({ what: 'mutes', rows: [] }, 'bans')).toBeNull();
    expect(listOf({ what: 'bans', rows: [null, { id: '7', until: 'x' }, { id: 7 }, 'x'] }, 'bans')).toEqual({ what: 'bans', rows: [{ id: '7' }], more: false });
    const event = { ev: 'message', room: 'lobby', seq: 1, mid: '1', ts: 1, from, text: 'tea' };
    const marks = [[0, 3], [1], 'x', [0, -1]];
    expect(searchOf({})).toBeNull();
    expect(searchOf({ hits: [{ room: 'lobby', event, marks }, { room: 'lobby', event: { ...event, ev: 'joined' } }, null, { room: 'lobby' }] })).toEqual({
      hits: [{ room: 'lobby', event, marks: [[0, 3]] }],
    });
    expect(searchOf({ hits: [{ room: 'lobby', event }] })).toEqual({ hits: [{ room: 'lobby', event, marks: [] }] });
    expect(madeOf({ id: 7, link: null, until: '5' })).toEqual({});
    expect(unreadOf({})).toEqual({ unread: 0, mentions: 0 });
    expect(settingsOf({ guests: false, slow_ms: 0, retention_days: '1', archived: 1, kind: 'public' })).toEqual({ guests: false, slow_ms: 0 });
  });

  test('of a page it takes what stands for itself and what it knows', () => {
    const kept = { room: 'lobby', mid: '1', ts: 1, from };
    const page = pageOf({
      room: 'lobby',
      head: 9,
      first: 1,
      last: 9,
      events: [
        { ...kept, ev: 'message', seq: 1, text: 'x' },
        { ...kept, ev: 'edit', seq: 2, target: 1, text: 'y' },
        { ...kept, ev: 'poll', seq: 3 },
        null,
        7,
      ],
    });
    expect(page?.events.map((e) => e.seq)).toEqual([1]);
    expect(pageOf({ room: 'lobby', head: 9, first: 1, last: 9 })).toBeNull();
  });
});
