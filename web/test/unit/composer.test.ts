import { describe, expect, test } from 'vitest';
import { asCode, fenced, inCode, linked, looksLikeCode, marked, newLine, typedOver, wrapped, type Edit, type Spot } from '../../src/ui/composer/edits';
import { rankPeople, rankRooms, speakers, type Candidate } from '../../src/ui/composer/candidates';
import { spare } from '../../src/ui/composer/limit';
import { callsAll, shortcodeAt, triggerAt } from '../../src/ui/composer/trigger';

/** A text with its selection as brackets that nothing else uses: "say ‹this›". One caret: "say |". */
function spot(drawn: string): Spot {
  const caret = drawn.indexOf('|');
  if (caret >= 0) return { text: drawn.replace('|', ''), from: caret, to: caret };
  const from = drawn.indexOf('‹');
  const to = drawn.indexOf('›') - 1;
  return { text: drawn.replace(/[‹›]/g, ''), from, to };
}

function done({ text }: Spot, edit: Edit | null): string | null {
  if (!edit) return null;
  const after = text.slice(0, edit.from) + edit.put + text.slice(edit.to);
  const [from, to] = edit.select;
  if (from === to) return `${after.slice(0, from)}|${after.slice(from)}`;
  return `${after.slice(0, from)}‹${after.slice(from, to)}›${after.slice(to)}`;
}

const on = (edit: (s: Spot) => Edit | null) => (drawn: string) => done(spot(drawn), edit(spot(drawn)));

describe('marks around words', () => {
  const bold = on((s) => wrapped(s, '**'));
  const italic = on((s) => wrapped(s, '*'));

  test('come, and go where they are', () => {
    expect(bold('say ‹this› now')).toBe('say **‹this›** now');
    expect(bold('say **‹this›** now')).toBe('say ‹this› now');
    expect(bold('say ‹**this**› now')).toBe('say ‹this› now');
    expect(bold('say |')).toBe('say **|**');
    expect(bold('say **|**')).toBe('say |');
  });

  test('blanks stay outside', () => {
    expect(bold('say‹ this ›now')).toBe('say **‹this›** now');
  });

  test('italic in bold is not bold taken away', () => {
    expect(italic('**‹this›**')).toBe('***‹this›***');
    expect(italic('***‹this›***')).toBe('**‹this›**');
  });

  test('typed over a selection', () => {
    const typed = (char: string) => on((s) => typedOver(s, char));
    expect(typed('*')('‹word›')).toBe('*‹word›*');
    expect(typed('*')('*‹word›*')).toBe('**‹word›**');
    expect(typed('~')('‹word›')).toBe('~~‹word›~~');
    expect(typed('`')('‹word›')).toBe('`‹word›`');
    expect(typed('a')('‹word›')).toBeNull();
    expect(typed('*')('wor|d')).toBeNull();
  });

  test('code in a line, and over several', () => {
    const code = on(asCode);
    expect(code('a ‹b› c')).toBe('a `‹b›` c');
    expect(code('a ‹b\nc›')).toBe('a \n```\nb\nc\n```|');
    expect(on(fenced)('|')).toBe('```\n|\n```\n');
    expect(on(fenced)('‹has ``` in\nit›\nrest')).toBe('````\nhas ``` in\nit\n````|\nrest');
  });

  test('an address over words makes a link', () => {
    const link = (url: string) => on((s) => linked(s, url));
    expect(link('https://example.org/x')('see ‹this› now')).toBe('see [this](https://example.org/x)| now');
    expect(link('javascript:alert(1)')('‹this›')).toBeNull();
    expect(link('https://example.org')('‹http://a.example›')).toBeNull();
    expect(link('https://example.org')('thi|s')).toBeNull();
    expect(link('some text')('‹this›')).toBeNull();
  });
});

describe('lines', () => {
  test('marks before lines come and go', () => {
    expect(on((s) => marked(s, 'list'))('‹one\ntwo›')).toBe('‹- one\n- two›');
    expect(on((s) => marked(s, 'list'))('‹- one\n- two›')).toBe('‹one\ntwo›');
    expect(on((s) => marked(s, 'numbers'))('‹- one\n- two›')).toBe('‹1. one\n2. two›');
    expect(on((s) => marked(s, 'quote'))('before\nth|is\nafter')).toBe('before\n> th|is\nafter');
    expect(on((s) => marked(s, 'quote'))('> th|is')).toBe('th|is');
    expect(on((s) => marked(s, 'list'))('|')).toBe('- |');
  });

  test('lists and quotes go on, and end where nothing is in them', () => {
    const enter = on(newLine);
    expect(enter('- one|')).toBe('- one\n- |');
    expect(enter('  * one|')).toBe('  * one\n  * |');
    expect(enter('9. nine|')).toBe('9. nine\n10. |');
    expect(enter('2) two|')).toBe('2) two\n3) |');
    expect(enter('> said|')).toBe('> said\n> |');
    expect(enter('> > said|')).toBe('> > said\n> > |');
    expect(enter('- one\n- |')).toBe('- one\n|');
    expect(enter('- on|e')).toBe('- on\n- |e');
    expect(enter('plain|')).toBeNull();
    expect(enter('|- one')).toBeNull();
    expect(enter('```\n- one|')).toBeNull();
    expect(enter('-|')).toBeNull();
  });

  test('what is code', () => {
    expect(inCode('a `b', 4)).toBe(true);
    expect(inCode('a `b` c', 7)).toBe(false);
    expect(inCode('```\nx', 5)).toBe(true);
    expect(inCode('```\nx\n```\ny', 11)).toBe(false);
    expect(looksLikeCode('function f() {\n  return 1;\n}')).toBe(true);
    expect(looksLikeCode('if x:\n    y()\n    z()')).toBe(true);
    expect(looksLikeCode('One line;')).toBe(false);
    expect(looksLikeCode('Dear all,\nthis is a letter.\nYours')).toBe(false);
    expect(looksLikeCode('- one\n  - two\n  - three')).toBe(false);
  });
});

describe('what is being written', () => {
  const at = (drawn: string) => {
    const found = triggerAt(spot(drawn).text, spot(drawn).from);
    return found && `${found.kind} ${found.query} ${found.from}`;
  };

  test('people, with blanks in their names', () => {
    expect(at('@|')).toBe('person  0');
    expect(at('hi @bo|')).toBe('person bo 3');
    expect(at('hi @Bob Mar| and')).toBe('person Bob Mar 3');
    expect(at('(@bo|)')).toBe('person bo 1');
    expect(at('mail@bo|')).toBeNull();
    expect(at('hi @ bo|')).toBeNull();
    expect(at('@a b c d e f|')).toBeNull();
    expect(at('@bo\n|')).toBeNull();
    expect(at('`@bo|')).toBeNull();
  });

  test('rooms and emoji', () => {
    expect(at('in #gar|')).toBe('room gar 3');
    expect(at('a#gar|')).toBeNull();
    expect(at(':ta|')).toBe('emoji ta 0');
    expect(at(':t|')).toBeNull();
    expect(at('10:30|')).toBeNull();
    expect(at('http://x|')).toBeNull();
    expect(at('@bob :+1|')).toBe('emoji +1 5');
  });

  test('whole shortcodes', () => {
    const code = (drawn: string) => shortcodeAt(spot(drawn).text, spot(drawn).from)?.name;
    expect(code('yes :tada:|')).toBe('tada');
    expect(code(':+1:|')).toBe('+1');
    expect(code('at 10:30:|')).toBeUndefined();
    expect(code(':)|')).toBeUndefined();
    expect(code('`:tada:|')).toBeUndefined();
  });

  test('whether everybody is called', () => {
    expect(callsAll('hey @room!')).toBe(true);
    expect(callsAll('@here')).toBe(true);
    expect(callsAll('@roommate')).toBe(false);
    expect(callsAll('a@room')).toBe(false);
  });
});

describe('who is meant', () => {
  const person = (name: string, inside = true): Candidate => ({ id: name.toLowerCase(), name, inside });
  const names = (query: string, recent: string[] = []) =>
    rankPeople([person('Zoe Bobbin'), person('Bobby'), person('Bob'), person('Åsa'), person('Kebob'), person('Boban', false)], query, recent).map((c) => c.name);

  test('those in the room, beginnings of names, who spoke last', () => {
    expect(names('bob')).toEqual(['Bob', 'Bobby', 'Zoe Bobbin', 'Kebob', 'Boban']);
    expect(names('bob', ['bobby', 'bob'])).toEqual(['Bobby', 'Bob', 'Zoe Bobbin', 'Kebob', 'Boban']);
    expect(names('asa')).toEqual(['Åsa']);
    expect(names('zoe b')).toEqual(['Zoe Bobbin']);
    expect(names('', ['kebob'])[0]).toBe('Kebob');
  });

  test('rooms, and who spoke', () => {
    const said = (id: string) => ({ kind: 'message', from: { id } });
    expect(rankRooms([{ name: 'Kitchen Garden' }, { name: 'Garden' }], 'gar').map((r) => r.name)).toEqual(['Garden', 'Kitchen Garden']);
    expect(speakers([said('a'), said('b'), { kind: 'gap' }, said('a')])).toEqual(['a', 'b']);
  });
});

describe('how much fits', () => {
  test('is told only near the limit, in characters', () => {
    expect(spare('short', 65_536, 500)).toBeNull();
    expect(spare('x'.repeat(65_000), 65_536, 500)).toBe(336);
    expect(spare('x'.repeat(65_346), 65_536, 500)).toBe(-10);
    expect(spare('€'.repeat(22_000), 65_536, 500)).toBe(-222);
    expect(spare('😀'.repeat(16_335), 65_536, 500)).toBe(-1);
  });
});
