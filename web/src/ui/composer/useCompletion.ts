// When what is being written could be completed, and what becomes of it.

import { useRef, useState, type RefObject } from 'react';
import { emojiNow, loadEmoji, toneNow, used } from '../emoji/emoji';
import { byName, inTone } from '../emoji/find';
import type { Candidate } from './candidates';
import { apply } from './field';
import { commandAt, shortcodeAt, triggerAt, type Trigger } from './trigger';

/** What the list over the field does with a key; true: it was for the list. */
export type ListKeys = (e: KeyboardEvent) => boolean;

export interface Completing {
  trigger: Trigger | null;
  /** Where the list, when there is one, says what it does with keys. */
  keys: RefObject<ListKeys | null>;
  /** Those taken from the list who are not in the room. */
  outside: RefObject<Candidate[]>;
  /** The text or the caret has changed. `input`: how, if the browser says so. */
  look(input?: string): void;
  take(put: string): void;
  close(): void;
}

export function useCompletion(field: RefObject<HTMLTextAreaElement | null>, commands: boolean): Completing {
  const [trigger, setTrigger] = useState<Trigger | null>(null);
  const keys = useRef<ListKeys | null>(null);
  const outside = useRef<Candidate[]>([]);
  /** The place where one did not want any. */
  const unwanted = useRef(-1);

  const look = (input?: string) => {
    const area = field.current;
    if (!area) return;
    const { value, selectionStart: caret, selectionEnd } = area;
    // What was undone is not done again.
    if (input !== undefined && !input.startsWith('history')) replaceCode(area);
    const found = caret === selectionEnd ? ((commands ? commandAt(value, caret) : null) ?? triggerAt(value, caret)) : null;
    if (found?.from !== unwanted.current) unwanted.current = -1;
    const next = found && found.from !== unwanted.current ? found : null;
    setTrigger((was) => (same(was, next) ? was : next));
  };

  const take = (put: string) => {
    const area = field.current;
    if (!area || !trigger) return;
    const { from, to } = trigger;
    const spaced = /\s/.test(area.value[to] ?? '');
    const whole = spaced ? put : `${put} `;
    const caret = from + put.length + 1;
    setTrigger(null);
    apply(area, { from, to, put: whole, select: [caret, caret] });
  };

  const close = () => {
    unwanted.current = trigger?.from ?? -1;
    setTrigger(null);
  };
  return { trigger, keys, outside, look, take, close };
}

const same = (a: Trigger | null, b: Trigger | null): boolean =>
  a === b || (a?.kind === b?.kind && a?.from === b?.from && a?.of === b?.of && a?.query === b?.query);

/** `:tada:` becomes what it stands for as soon as it is whole. */
function replaceCode(area: HTMLTextAreaElement): void {
  const code = shortcodeAt(area.value, area.selectionStart);
  if (!code) return;
  const { from, name } = code;
  const replace = () => {
    const found = byName(emojiNow() ?? [], name);
    const to = from + name.length + 2;
    if (!found || area.value.slice(from, to) !== `:${name}:`) return;
    const put = inTone(found, toneNow());
    const caret = area.selectionStart - (to - from) + put.length;
    used(found.glyph);
    apply(area, { from, to, put, select: [caret, caret] });
  };
  if (emojiNow()) replace();
  else void loadEmoji().then(replace, () => {});
}
