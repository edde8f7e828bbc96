// What is being written at the caret that could be completed. Pure.

import { commandOf, rowOf, type Name } from './commands/table';
import { inCode } from './edits';

export interface Trigger {
  kind: 'person' | 'room' | 'emoji' | 'command';
  /** Where its mark stands. */
  from: number;
  to: number;
  /** What is behind the mark. */
  query: string;
  /** The command that this is for. */
  of?: Name;
}

/** As long as a name may be. */
const LONGEST = 40;
/** A name may have blanks in it, but a sentence is no name. */
const WORDS_MOST = 5;
// The server's rule for where a name may begin: everything beyond ASCII counts as a letter.
const NAME = /(?:^|[^\w\u0080-\uffff])([@#])([^@#\n]*)$/;
const CODE = /(?:^|[^\p{L}\p{N}:])(:)([\p{L}\p{N}_+-]{2,})$/u;
const WHOLE = /(?:^|[^\p{L}\p{N}:]):([a-z0-9_+-]{2,}):$/iu;

export function triggerAt(text: string, caret: number): Trigger | null {
  const before = text.slice(Math.max(0, caret - LONGEST - 2), caret);
  const found = CODE.exec(before) ?? NAME.exec(before);
  if (!found || inCode(text, caret)) return null;
  const [, mark, query = ''] = found;
  // After a blank nothing has been begun yet.
  if (/^\s/.test(query) || query.length > LONGEST || query.split(/\s+/).length > WORDS_MOST) return null;
  const kind = mark === '@' ? 'person' : mark === '#' ? 'room' : 'emoji';
  return { kind, from: caret - query.length - 1, to: caret, query };
}

const COMMAND = /^\/(\p{L}[^\s/]*)?$/u;
const ARGUMENT = /^\/(\p{L}[^\s/]*)\s+[@#]?([^@#\n]*)$/u;

/** A command that is being written at the very beginning, or the name that it is about. */
export function commandAt(text: string, caret: number): Trigger | null {
  const before = text.slice(0, caret);
  if (COMMAND.test(before)) return { kind: 'command', from: 0, to: caret, query: before.slice(1) };
  const [, word = '', query = ''] = ARGUMENT.exec(before) ?? [];
  const of = commandOf(word);
  const kind = of && rowOf(of).of;
  if (!of || !kind || query.length > LONGEST || query.split(/\s+/).length > WORDS_MOST) return null;
  // The sign in front of the name is the list's to put.
  const signed = /[@#]/.test(before[caret - query.length - 1] ?? '') ? 1 : 0;
  return { kind, from: caret - query.length - signed, to: caret, query, of };
}

/** The whole `:name:` that ends at the caret. */
export function shortcodeAt(text: string, caret: number): { from: number; name: string } | null {
  const before = text.slice(Math.max(0, caret - LONGEST - 3), caret);
  const name = before.endsWith(':') ? WHOLE.exec(before)?.[1] : undefined;
  if (name === undefined || inCode(text, caret)) return null;
  return { from: caret - name.length - 2, name };
}

/** Whether a text calls everybody. */
export const callsAll = (text: string): boolean => /(?:^|[^\w\u0080-\uffff])@(?:here|room)(?![\w\u0080-\uffff])/.test(text);
