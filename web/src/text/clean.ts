// What leaves this page must be text that every reader of JSON accepts: half a surrogate pair or a NUL would be refused as
// a whole, and the message with it.

/** The text of a message as it is sent; empty when there is nothing in it. */
export function cleanMessage(text: string): string {
  const whole = wellFormed(text).replace(/\r\n?/g, '\n');
  return whole.trim() === '' ? '' : whole.replace(/^(?:[^\S\n]*\n)+/, '').trimEnd();
}

/** A name or a topic, on one line. */
export function cleanLine(text: string): string {
  return wellFormed(text).replace(/\s+/g, ' ').trim();
}

/** Characters as the server counts them: code points, not UTF-16 units. */
export function chars(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\uFFFD').replace(/\0/g, '');
}
