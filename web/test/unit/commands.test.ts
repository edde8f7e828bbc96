import { describe, expect, test } from 'vitest';
import type { RoomView } from '../../src/sync/room';
import { meaningOf, named, saysNothing } from '../../src/ui/composer/commands/parse';
import { commandOf, offered, table, type Here } from '../../src/ui/composer/commands/table';
import { commandAt } from '../../src/ui/composer/trigger';

const message = (text: string) => ({ kind: 'message', text });

describe('what a text that begins with a slash means', () => {
  test('a command, with what stands behind it', () => {
    expect(meaningOf('/nick  Ann Bee ')).toEqual({ kind: 'command', name: 'nick', rest: 'Ann Bee' });
    expect(meaningOf('/NICK Ann')).toEqual({ kind: 'command', name: 'nick', rest: 'Ann' });
    expect(meaningOf('/leave')).toEqual({ kind: 'command', name: 'leave', rest: '' });
    expect(meaningOf('/shrug')).toEqual({ kind: 'command', name: 'shrug', rest: '' });
    expect(meaningOf('/dm Bob hi')).toEqual({ kind: 'command', name: 'msg', rest: 'Bob hi' });
  });

  test('paths, and whatever is no word, are messages', () => {
    for (const text of ['/etc/passwd is it', '/r/general/12', '/', '/ word', '/24', ' /nick Ann', 'see /nick', '// a comment', '//etc/passwd', '']) {
      expect(meaningOf(text)).toEqual(message(text));
    }
  });

  test('two slashes say it with one', () => {
    expect(meaningOf('//nick Ann')).toEqual(message('/nick Ann'));
    expect(meaningOf('//foo')).toEqual(message('/foo'));
    expect(meaningOf('//foo\nand more')).toEqual(message('/foo\nand more'));
  });

  test('which say something in the room, and which do not', () => {
    for (const text of ['/nick Ann', '/dm Bob hi', '/help', '/topic ', '/foo bar', '/nick a\nb']) expect(saysNothing(text)).toBe(true);
    for (const text of ['hello', '', '/shrug', '/shrug well', '/etc/passwd', '//nick Ann', '/foo\nlines']) expect(saysNothing(text)).toBe(false);
  });

  test('an unknown one is not said', () => {
    expect(meaningOf('/foo bar')).toEqual({ kind: 'wrong', why: 'unknown', word: 'foo' });
    expect(meaningOf('/nick: Ann')).toEqual({ kind: 'wrong', why: 'unknown', word: 'nick:' });
    expect(meaningOf('/constructor')).toEqual({ kind: 'wrong', why: 'unknown', word: 'constructor' });
  });

  test('what is missing is told', () => {
    expect(meaningOf('/topic ')).toEqual({ kind: 'wrong', why: 'missing', name: 'topic', word: 'topic' });
    expect(meaningOf('/name')).toEqual({ kind: 'wrong', why: 'missing', name: 'nick', word: 'name' });
  });

  test('several lines: a message behind a command may have them, another command may not, and what is unknown was pasted', () => {
    expect(meaningOf('/msg Bob hi\nthere')).toEqual({ kind: 'command', name: 'msg', rest: 'Bob hi\nthere' });
    expect(meaningOf('/topic one\ntwo')).toEqual({ kind: 'wrong', why: 'lines', name: 'topic', word: 'topic' });
    expect(meaningOf('/leave\nnow')).toEqual({ kind: 'wrong', why: 'lines', name: 'leave', word: 'leave' });
    expect(meaningOf('/usage\n  --help')).toEqual(message('/usage\n  --help'));
    expect(meaningOf('/leave\n')).toEqual({ kind: 'command', name: 'leave', rest: '' });
  });
});

describe('the name that a command is about', () => {
  const people = [{ name: 'Bob' }, { name: 'Bob Marlowe' }, { name: 'Jürgen' }];

  test('is the longest that it can be', () => {
    expect(named('Bob Marlowe hi there', people)).toEqual({ one: { name: 'Bob Marlowe' }, text: 'hi there' });
    expect(named('Bob hi', people)).toEqual({ one: { name: 'Bob' }, text: 'hi' });
    expect(named('@bob', people)).toEqual({ one: { name: 'Bob' }, text: '' });
    expect(named('jurgen\nhi', people)).toEqual({ one: { name: 'Jürgen' }, text: 'hi' });
  });

  test('ends where a word does', () => {
    expect(named('Bobby hi', people)).toBeNull();
    expect(named('', people)).toBeNull();
  });
});

describe('completion', () => {
  test('of a command, at the very beginning only', () => {
    expect(commandAt('/', 1)).toEqual({ kind: 'command', from: 0, to: 1, query: '' });
    expect(commandAt('/ni', 3)).toEqual({ kind: 'command', from: 0, to: 3, query: 'ni' });
    expect(commandAt('x /ni', 5)).toBeNull();
    expect(commandAt('/etc/p', 6)).toBeNull();
    expect(commandAt('//', 2)).toBeNull();
  });

  test('of whom or what it is about', () => {
    expect(commandAt('/msg ', 5)).toEqual({ kind: 'person', from: 5, to: 5, query: '', of: 'msg' });
    expect(commandAt('/msg @bo', 8)).toEqual({ kind: 'person', from: 5, to: 8, query: 'bo', of: 'msg' });
    expect(commandAt('/join gen', 9)).toEqual({ kind: 'room', from: 6, to: 9, query: 'gen', of: 'join' });
    expect(commandAt('/add An', 7)).toEqual({ kind: 'person', from: 5, to: 7, query: 'An', of: 'invite' });
    expect(commandAt('/nick An', 8)).toBeNull();
    expect(commandAt('/msg Bob see @an', 16)).toBeNull();
    expect(commandAt('/msg Bob one two three four five', 32)).toBeNull();
  });
});

describe('who may', () => {
  const here = (role: string, more: object = {}) => ({ you: { id: 'a', name: 'A', role, ...more }, server: { members_only: false, slow_ms: 0, signup: '', guests: 'talk' } }) as Here;
  const room = (more: object = {}) => ({ id: 'r1', kind: 'public', host: false, archived: false, level: 'all', ...more }) as RoomView;

  test('is offered what the server would do', () => {
    expect(offered(here('member'), room())).toEqual(['msg', 'join', 'nick', 'topic', 'invite', 'search', 'mute', 'leave', 'shrug', 'help']);
    expect(offered(here('guest'), room())).toEqual(['join', 'nick', 'search', 'mute', 'leave', 'shrug', 'help']);
    expect(offered(here('member'), room({ level: 'none' }))).toContain('unmute');
    expect(offered(here('member'), room({ level: 'none' }))).not.toContain('mute');
    expect(offered(here('member'), room({ id: 'lobby' }))).not.toContain('leave');
    expect(offered(here('member'), room({ kind: 'private' }))).not.toContain('invite');
    expect(offered(here('member'), room({ kind: 'private', host: true }))).toContain('invite');
  });

  test('every other name leads to one', () => {
    for (const word of ['add', 'dm', 'find', 'name', 'part', 'whisper']) expect(table).toHaveProperty(commandOf(word) ?? '');
    expect(commandOf('toString')).toBeNull();
  });
});
