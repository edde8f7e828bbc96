import { describe, expect, test } from 'vitest';
import { arranged } from '../../src/sync/arranged';
import { sectionsOf } from '../../src/sync/sections';
import { asSeen, excerpt, forServer, marked, parseQuery, writeQuery } from '../../src/text/query';
import { fit, folded, ranked } from '../../src/text/rank';
import { justBefore } from '../../src/ui/people/names';
import { choicesOf } from '../../src/ui/switcher/choices';
import { growth, LINEAR_MOST } from './growth';

describe('ranking', () => {
  const order = (query: string, ...names: string[]) => ranked(query, names, (n) => n, () => 0);

  test('the beginning of a name, then of a word, then a part, then letters in their order', () => {
    expect(order('gar', 'Big cigar', 'Old garden', 'Garden', 'Green apple ring')).toEqual([
      'Garden',
      'Old garden',
      'Big cigar',
      'Green apple ring',
    ]);
    expect(order('gr', 'Garden', 'Green')).toEqual(['Green', 'Garden']);
    expect(order('xyz', 'Garden')).toEqual([]);
  });

  test('every word has to fit, in any order; case and accents do not count', () => {
    expect(order('lee ann', 'Ann Lee', 'Ann Miller')).toEqual(['Ann Lee']);
    expect(fit('cafe', 'Café')).toBeGreaterThan(90);
    expect(fit('STRASSE', 'strasse')).toBeGreaterThan(90);
    expect(folded('ÀßİΩ')).toHaveLength('ÀßİΩ'.length);
    expect(order('東', '東京', 'Tokyo')).toEqual(['東京']);
  });

  test('of two that fit alike the lifted one comes first, then the shorter', () => {
    expect(ranked('a', ['Ann', 'Abe'], (n) => n, (n) => (n === 'Abe' ? 2 : 0))).toEqual(['Abe', 'Ann']);
    expect(order('an', 'Annabella', 'Ann')).toEqual(['Ann', 'Annabella']);
    expect(ranked('', ['b', 'a'], (n) => n, (n) => (n === 'a' ? 1 : 0))).toEqual(['a', 'b']);
  });

  test('takes linear time in names', () => {
    const names = (count: number) => Array.from({ length: count }, (_, i) => `Person ${i} with a name of some length`);
    const many = new Map([1000, 8000].map((count) => [count, names(count)]));
    expect(growth((size) => ranked('pwnal 4', many.get(size) ?? [], (n) => n, () => 0), 1000)).toBeLessThan(LINEAR_MOST);
  });
});

describe('sections', () => {
  const room = (id: string, title: string, rest: object = {}) => ({ id, title, kind: 'public', archived: false, lastTs: 0, ...rest });
  const rooms = [
    room('z', 'Zoo', { lastTs: 9 }),
    room('lobby', 'Lobby', { lastTs: 1 }),
    room('a10', 'Attic 10'),
    room('a9', 'Attic 9', { archived: true, lastTs: 20 }),
    room('d', 'Bob', { kind: 'direct', lastTs: 3 }),
    room('c', 'Ann', { kind: 'direct', lastTs: 2 }),
  ];
  const told = (favourites: string[], sort: 'name' | 'activity') =>
    sectionsOf(rooms, favourites, sort).map((s) => [s.name, ...s.rooms.map((r) => r.id)].join(' '));

  test('by name: the lobby first, what is archived last', () => {
    expect(told([], 'name')).toEqual(['rooms lobby a10 z a9', 'direct c d']);
  });

  test('by activity; favourites of any kind stand in one section, and only there', () => {
    expect(told(['d', 'z', 'gone'], 'activity')).toEqual(['favourites z d', 'rooms lobby a10 a9', 'direct c']);
  });
});

describe('a search, as text and as filters', () => {
  test('is taken apart and put together', () => {
    const text = 'from:"Visitor 7f3a" in:lobby old "a b" has:file';
    expect(parseQuery(text)).toEqual({
      words: 'old "a b"',
      filters: [
        { key: 'from', value: 'Visitor 7f3a' },
        { key: 'in', value: 'lobby' },
        { key: 'has', value: 'file' },
      ],
    });
    expect(writeQuery(parseQuery(text))).toBe('from:"Visitor 7f3a" in:lobby has:file old "a b"');
  });

  test('what only looks like a filter is words', () => {
    for (const text of ['http://x', 'from:', 'a:b', ':)', '"from:Ann"']) expect(parseQuery(text)).toEqual({ words: text, filters: [] });
  });

  test('rooms go to the server by id', () => {
    expect(forServer('in:Garden x', (name) => (name === 'Garden' ? '77' : null))).toBe('in:77 x');
  });

  test('marks count code points, and a long text is shown around the first', () => {
    expect(marked('🎉 tea', [[2, 5]])).toEqual([
      { text: '🎉 ', hit: false },
      { text: 'tea', hit: true },
    ]);
    expect(marked('tea', [[0, 3], [1, 9]])).toEqual([{ text: 'tea', hit: true }]);
    const long = `${'word '.repeat(100)}needle ${'word '.repeat(100)}`;
    const part = excerpt(long, [[500, 506]], 120);
    const hits = marked(part.text, part.marks).filter((p) => p.hit);
    expect(hits).toEqual([{ text: 'needle', hit: true }]);
    expect([...part.text].length).toBeLessThanOrEqual(122);
    expect(part.text.startsWith('…word ')).toBe(true);
  });
});

describe('a hit as its readers see it', () => {
  /** Marks as brackets: what is searched is between ‹ and ›. */
  const seen = (drawn: string): string => {
    const marks: [number, number][] = [];
    let text = '';
    for (const part of drawn.split(/(‹[^›]*›)/)) {
      const from = [...text].length;
      text += part.replace(/[‹›]/g, '');
      if (part.startsWith('‹')) marks.push([from, [...text].length]);
    }
    const shown = asSeen(text, marks);
    return marked(shown.text, shown.marks).map((p) => (p.hit ? `‹${p.text}›` : p.text)).join('');
  };

  test('without the signs, with the words marked', () => {
    expect(seen('the **‹fox›** and `a ‹fox›`')).toBe('the ‹fox› and a ‹fox›');
    expect(seen('> ‹fox›\n- *‹fox›es* 🦊')).toBe('‹fox›\n– ‹fox›es 🦊');
    expect(seen('🦊 **see** ‹fox›')).toBe('🦊 see ‹fox›');
    expect(seen('see [the ‹fox›](https://a.example)')).toBe('see the ‹fox›');
    expect(seen('plain ‹fox› here')).toBe('plain ‹fox› here');
    expect(seen('```js\n‹js› code\n```')).toBe('‹js› code');
  });

  test('what is only a part of another word is not marked for it', () => {
    expect(seen('*banana* ‹an› anvil')).toBe('banana ‹an› anvil');
    expect(seen('*‹an›vil* banana an')).toBe('‹an›vil banana an');
  });

  test('where nothing of it can be seen, as it was written', () => {
    expect(seen('[docs](https://‹fox›.example)')).toBe('[docs](https://‹fox›.example)');
    expect(seen('**bold** without marks')).toBe('bold without marks');
  });

  test('in linear time', () => {
    const of = (n: number) => '**fox** _fax_ '.repeat(n);
    expect(growth((n) => asSeen(of(n), [[2, 5]]), 400)).toBeLessThan(LINEAR_MOST);
  });
});

describe('the switcher', () => {
  const room = (id: string, rest: object = {}) => ({
    id,
    title: id,
    kind: 'public',
    level: 'all',
    unread: 0,
    mentions: 0,
    lastTs: 0,
    archived: false,
    peers: [] as { id: string; name: string }[],
    ...rest,
  });
  const day = 86_400_000;
  const told = (query: string, rooms: ReturnType<typeof room>[], people: { id: string; name: string }[] = [], open = '') =>
    choicesOf({ query, rooms, people, me: 'me', open }).map((c) => (c.kind === 'room' ? c.room.id : c.kind === 'person' ? `@${c.name}` : c.kind));

  test('nothing typed: what is unread, then what was recent; where one is comes last; what is muted does not call', () => {
    const rooms = [room('here', { lastTs: 9 * day }), room('old'), room('new', { lastTs: 9 * day }), room('loud', { unread: 1 }), room('mute', { unread: 9, level: 'none' })];
    expect(told('', rooms, [{ id: 'b', name: 'Bob' }], 'here')).toEqual(['loud', 'new', 'old', 'mute', 'here']);
  });

  test('typed: rooms, then people with whom one has no room yet, then the search', () => {
    const direct = room('Bob', { kind: 'direct', peers: [{ id: 'me', name: 'Me' }, { id: 'b', name: 'Bob' }] });
    const people = [{ id: 'b', name: 'Bob' }, { id: 'r', name: 'Bonnie' }, { id: 'me', name: 'Bo me' }];
    expect(told('bo', [room('Books'), direct, room('Attic')], people)).toEqual(['Bob', 'Books', '@Bonnie', 'search']);
    expect(told('xyz', [room('Books')], people)).toEqual(['search']);
  });
});

describe('people', () => {
  test('stand by their state, oneself first, and those who are not here after them', () => {
    const here = [{ id: 'b', name: 'Bob', active: true }, { id: 'me', name: 'Zoe', active: true }, { id: 'c', name: 'Carl', active: false }];
    const members = [{ id: 'a', name: 'Ann', role: 'member' }, { id: 'b', name: 'Bob', role: 'admin', host: true }];
    const { active, idle, away } = arranged(here, members, 'me');
    expect(active.map((p) => [p.name, p.host])).toEqual([['Zoe', false], ['Bob', true]]);
    expect([idle, away].map((g) => g.map((p) => p.name))).toEqual([['Carl'], ['Ann']]);
  });

  test('the name before those that begin with what is typed', () => {
    for (const name of ['bob', 'Bo', 'b', 'é', '東', '\ue000', 'x'.repeat(40)]) {
      const before = justBefore(name);
      const plain = name.toLowerCase();
      expect(Buffer.compare(Buffer.from(before), Buffer.from(plain)), name).toBeLessThan(0);
      expect([...before].length).toBeLessThanOrEqual(40);
    }
    expect(Buffer.compare(Buffer.from(justBefore('bob')), Buffer.from('boa zz'))).toBeGreaterThan(0);
  });
});
