// One listener for the whole page.

import { surface } from '../shell/surface';
import { chordOf, isText } from './keys';
import { table, type Row, type Shortcut } from './table';
import { handlersOf } from './useShortcut';

export const apple = /Mac|iP(?:hone|ad|od)/.test(navigator.platform);

const byChord = new Map<string, Shortcut>();
for (const [name, row] of Object.entries(table)) {
  for (const chord of row.keys) if (!byChord.has(chord)) byChord.set(chord, name as Shortcut);
}

/** Listens to the keyboard; `write` brings the focus to where one writes. Returns the end of it. */
export function listen(write: () => void): () => void {
  const pressed = (e: KeyboardEvent) => {
    const target = e.target instanceof HTMLElement ? e.target : document.body;
    if (e.defaultPrevented || e.isComposing || busy(target)) return;
    const chord = chordOf(e, apple);
    if (dispatch(chord, target)) e.preventDefault();
    else if (startsText(e, chord, target)) write();
  };
  document.addEventListener('keydown', pressed);
  return () => document.removeEventListener('keydown', pressed);
}

/** Whatever lies over the page has the keyboard for itself. */
const busy = (target: Element): boolean => surface() !== null || document.querySelector('dialog[open]') !== null || target.closest('[popover]') !== null;

function dispatch(chord: string, target: HTMLElement): boolean {
  const name = byChord.get(chord);
  if (name === undefined) return false;
  const { outside }: Row = table[name];
  if (outside && chord.length === 1 && isField(target)) return false;
  // A field has its own use for Escape, but where one writes it means: I am done here.
  if (chord.endsWith('Escape') && isField(target) && target.dataset.composer === undefined) return false;
  return handlersOf(name).some((run) => run !== null && run() !== false);
}

const isField = (at: HTMLElement): boolean =>
  at.isContentEditable || /^(?:TEXTAREA|SELECT)$/.test(at.tagName) || (at instanceof HTMLInputElement && !/^(?:checkbox|radio|button|submit|range|color|file)$/.test(at.type));

/** Somebody begins to write, or pastes, without having gone to where one writes. Lists look for letters themselves. */
function startsText(e: KeyboardEvent, chord: string, target: HTMLElement): boolean {
  if (!isText(e) && chord !== 'Mod+V') return false;
  return !isField(target) && target.closest('[role=menu], [role=listbox], [role=grid], [role=radiogroup]') === null;
}
