// Names as the server orders them: by their bytes, without the case of ASCII letters. Pure.

/** The name that comes right before those that begin with this one, as the server orders them. */
export function justBefore(name: string): string {
  const plain = name.toLowerCase();
  const points = [...plain];
  const last = points.pop()?.codePointAt(0);
  if (last === undefined || last <= 0x21) return points.join('');
  const before = last - 1 >= 0xd800 && last - 1 <= 0xdfff ? 0xd7ff : last - 1;
  // A name has at most forty characters, and what comes after a name is asked for by one.
  const far = points.length < 39 ? '\u{10fffd}' : '';
  return points.join('') + String.fromCodePoint(before) + far;
}
