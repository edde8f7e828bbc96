// What is pressed, as text: "Mod+Shift+F", "Alt+ArrowUp", "?". Mod is the key with which a system's shortcuts are made: ⌘ on
// Apple's, Ctrl elsewhere. Pure: it gets an event's fields and knows no page.

export interface Pressed {
  key: string;
  code: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

export function chordOf(e: Pressed, apple: boolean): string {
  const key = keyOf(e);
  const mod = apple ? e.metaKey : e.ctrlKey;
  // The other of the two makes no shortcut of ours.
  const foreign = apple ? e.ctrlKey : e.metaKey;
  // Where a sign stands on the keyboard, and whether with Shift, differs from country to country.
  const shift = e.shiftKey && (key.length > 1 || /^[A-Z]$/.test(key));
  return [foreign && 'Foreign', mod && 'Mod', e.altKey && 'Alt', shift && 'Shift', key].filter(Boolean).join('+');
}

/** A letter is the one on the key where the script has no Latin ones, so that ⌘K is there in every language. */
function keyOf({ key, code }: Pressed): string {
  if (/^[a-z]$/i.test(key)) return key.toUpperCase();
  const letter = /^Key([A-Z])$/.exec(code)?.[1];
  return letter && /^\p{L}$/u.test(key) ? letter : key;
}

/** A sign that is written, and not a shortcut. */
export const isText = (e: Pressed): boolean => e.key.length === 1 && e.key !== ' ' && !e.ctrlKey && !e.metaKey && !e.altKey;

const APPLE: Record<string, string> = { Mod: '⌘', Alt: '⌥', Shift: '⇧' };
const PLAIN: Record<string, string> = { Mod: 'Ctrl', Alt: 'Alt', Shift: 'Shift' };
const SIGNS: Record<string, string> = { ArrowUp: '↑', ArrowDown: '↓', ArrowLeft: '←', ArrowRight: '→', Escape: 'Esc' };

/** The keys of a chord as they are written on a keyboard, one after the other. */
export function capsOf(chord: string, apple: boolean): string[] {
  const names = apple ? APPLE : PLAIN;
  return chord.split('+').map((key) => names[key] ?? SIGNS[key] ?? key);
}
