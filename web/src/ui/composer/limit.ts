// How much more fits into a message. The server counts the bytes of the whole command; people count characters. Pure.

/** What stands around the text in the command. */
const AROUND = 200;
const encoder = new TextEncoder();

const bytesOf = (text: string): number => encoder.encode(JSON.stringify(text)).length - 2;

/** Characters that are still free, about; or, below zero, how many there are too many. Null: far from the limit. */
export function spare(text: string, limit: number, near: number): number | null {
  // No unit of text becomes more than six bytes.
  if (text.length * 6 + AROUND + near < limit) return null;
  const free = limit - AROUND - bytesOf(text);
  if (free >= 0) return free < near ? free : null;
  let over = 0;
  let bytes = 0;
  for (const char of [...text].toReversed()) {
    if (bytes >= -free) break;
    bytes += bytesOf(char);
    over++;
  }
  return -over;
}
