// What a text that begins with a slash means. Pure.
//
// A command is a slash and a word at the very beginning. A second slash in that word makes it a path, and a path is a
// message: /etc/passwd, /r/general/12. So is a slash before anything but a letter: /24. Two slashes before what would
// be a command say it with one.
//
// Of several lines only those commands take all that have a message behind them (/msg, /shrug). One of the others with more
// lines is not obeyed, since nobody means them by that, and not said either, since it begins like a command. What begins
// with an unknown word was hardly typed, but pasted (a log, a script): it is a message.

import { folded } from '../../../text/rank';
import { commandOf, rowOf, type Name } from './table';

export type Meaning =
  | { kind: 'message'; text: string }
  | { kind: 'command'; name: Name; rest: string }
  | { kind: 'wrong'; why: 'unknown'; word: string }
  | { kind: 'wrong'; why: 'missing' | 'lines'; name: Name; word: string };

const BEGUN = /^\/(\p{L}[^\s/]*)(?!\S)/u;

export function meaningOf(text: string): Meaning {
  const begun = BEGUN.exec(text);
  if (!begun) return { kind: 'message', text: text.startsWith('//') && BEGUN.test(text.slice(1)) ? text.slice(1) : text };
  const [{ length }, word = ''] = begun;
  const name = commandOf(word);
  const rest = text.slice(length).trim();
  const lines = text.trimEnd().includes('\n');
  if (name === null) return lines ? { kind: 'message', text } : { kind: 'wrong', why: 'unknown', word };
  const { needs, lines: takesLines } = rowOf(name);
  if (lines && !takesLines) return { kind: 'wrong', why: 'lines', name, word };
  if (needs === 'something' && rest === '') return { kind: 'wrong', why: 'missing', name, word };
  return { kind: 'command', name, rest };
}

/** Whether no message comes of a text in the room where it is written: it is obeyed, or something about it is wrong. */
export function saysNothing(text: string): boolean {
  const meaning = meaningOf(text);
  return meaning.kind === 'wrong' || (meaning.kind === 'command' && !rowOf(meaning.name).says);
}

/** Whom or what a text begins with, by the longest name that it can be, and what comes after it. An @ or # may come before. */
export function named<T extends { name: string }>(rest: string, all: Iterable<T>): { one: T; text: string } | null {
  const text = rest.replace(/^[@#]/, '');
  const wish = folded(text);
  let best: T | null = null;
  for (const one of all) {
    const longer = one.name.length > (best?.name.length ?? 0);
    if (longer && wish.startsWith(folded(one.name)) && /^(?:\s|$)/.test(text.slice(one.name.length))) best = one;
  }
  return best && { one: best, text: text.slice(best.name.length).trim() };
}
