// What the keys of the field mean.

import type { KeyboardEvent as Drawn } from 'react';
import { isTouch } from './field';

type Key = KeyboardEvent | Drawn;

/** The Enter that ends a composition belongs to the input method; 229 is how older engines say so. */
export function isComposing(e: Key): boolean {
  const native = 'nativeEvent' in e ? e.nativeEvent : e;
  return native.isComposing || native.keyCode === 229;
}

/** Ctrl+Enter always sends. Enter does where one likes it so, but a touch keyboard has no Shift+Enter at hand. */
export function sends(e: Key, enterSends: boolean): boolean {
  if (e.key !== 'Enter' || e.shiftKey || e.altKey) return false;
  return e.ctrlKey || e.metaKey || (enterSends && !isTouch());
}

/** ↑ in the empty field changes what one said last; with Shift it answers what was said last. */
export function looksBack(e: Key, area: HTMLTextAreaElement): 'edit' | 'reply' | null {
  if (e.key !== 'ArrowUp' || e.ctrlKey || e.metaKey || e.altKey || area.value !== '') return null;
  return e.shiftKey ? 'reply' : 'edit';
}
