// The keys that shape the text.

import { asCode, newLine, wrapped, type Edit } from './edits';
import { spotOf } from './field';

/** Bold, italic, code; null: another key. */
export function formatOf(e: KeyboardEvent, area: HTMLTextAreaElement): Edit | null {
  if (!(e.ctrlKey || e.metaKey) || e.altKey || e.shiftKey) return null;
  const key = e.key.toLowerCase();
  if (key === 'b') return wrapped(spotOf(area), '**');
  if (key === 'i') return wrapped(spotOf(area), '*');
  return key === 'e' ? asCode(spotOf(area)) : null;
}

/** A new line in a list or a quote. */
export function newLineOf(e: KeyboardEvent, area: HTMLTextAreaElement): Edit | null {
  return e.key === 'Enter' && !e.ctrlKey && !e.metaKey && !e.altKey ? newLine(spotOf(area)) : null;
}
