import { describe, expect, test } from 'vitest';
import { decode, helloOf, postedOf } from '../../src/proto/decode';

const from = { id: 'a', name: 'Ann' };

describe('decode', () => {
  test('knows the events of the protocol', () => {
    for (const event of [
      { ev: 'message', room: 'lobby', seq: 1, mid: '1', ts: 1, from, text: '' },
      { ev: 'here', room: 'lobby', count: 1, visitors: 0, people: [{ ...from, active: true }] },
      { ev: 'joined', room: 'lobby', from, active: true, count: 1, visitors: 0 },
      { ev: 'left', room: 'lobby', from, count: 1, visitors: 0 },
      { ev: 'renamed', room: 'lobby', from, was: 'x' },
      { ev: 'active', room: 'lobby', from, active: false },
      { ev: 'heartbeat', ts: 1 },
      { ev: 'ready' },
    ]) {
      expect(decode(JSON.stringify(event))).toEqual({ kind: 'event', event });
    }
  });

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
      '{"ev":"message","room":"lobby","seq":1,"mid":"1","ts":1,"from":null,"text":"x"}',
      '{"ev":"here","room":"lobby","count":1,"visitors":0,"people":[null]}',
      '{"re":1,"ok":true}',
      '{"re":"1"}',
    ]) {
      expect(decode(text), text).toBeNull();
    }
  });

  test('replies and errors', () => {
    expect(decode('{"re":"7","ok":true,"name":"x"}')).toMatchObject({ kind: 'reply', reply: { re: '7' } });
    expect(decode('{"re":null,"error":{"code":"bad_json","message":"m"}}')).toEqual({
      kind: 'reply',
      reply: { re: null, error: { code: 'bad_json', message: 'm' } },
    });
    expect(decode('{"re":"1","error":{"code":"busy","message":"","retry_ms":5,"more":1}}')).toEqual({
      kind: 'reply',
      reply: { re: '1', error: { code: 'busy', message: '', retry_ms: 5 } },
    });
  });

  test('an answer to hello needs a person; the rest has defaults', () => {
    expect(helloOf({})).toBeNull();
    expect(helloOf({ you: { id: 'a' }, rooms: [] })).toBeNull();
    expect(helloOf({ you: from, rooms: [{ id: 'lobby', head: 3 }, { id: 'bad' }] })).toEqual({
      you: { ...from, client: '' },
      limits: { message_bytes: 65_536, name_chars: 40 },
      heartbeat_ms: 20_000,
      build: '',
      rooms: [{ id: 'lobby', name: '', head: 3 }],
    });
    expect(postedOf({ seq: 'x' })).toBeNull();
  });
});
