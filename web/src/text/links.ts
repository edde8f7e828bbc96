// Finds links in a text. Every character is looked at a bounded number of times, whatever the text.

// Stops at blanks, quotes and angle brackets, and at the characters that turn the direction of writing around: with
// those a link could show another address than the one it leads to. And before the other half of [label](address).
// oxlint-disable-next-line no-control-regex -- it is these that must end a link
const LINK = /https?:\/\/(?:(?!\]\()[^\s<>"\u0000-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2066-\u2069])+/giy;
// oxlint-disable-next-line no-control-regex -- the same
const STOPS = /[()\s<>"\u0000-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/g;
const TO = /\((?:https?:\/\/|mailto:)/iy;
const HOST = /^(?:mailto:|https?:\/\/(?:[^/?#@[\]]*@)?(?:\[[\da-f:.]+\]|[^/?#[\]@:]+)(?::\d*)?(?:[/?#]|$))/i;
const LONGEST = 2048;
/** Brackets inside brackets of an address. */
const DEEPEST = 8;

/** At an `http://` or `https://`: the address that is a link there, and how much of the text was looked at for it. */
export function bareLink(text: string, at: number): { url: string | null; length: number } {
  LINK.lastIndex = at;
  const found = LINK.exec(text)?.[0];
  if (found === undefined) return { url: null, length: 4 };
  const url = trimmed(found);
  return { url: isLink(url, text[at - 1]) ? url : null, length: found.length };
}

/** The `(address)` behind a label, and where it ends. */
export function destination(text: string, at: number): { url: string; end: number } | null {
  TO.lastIndex = at;
  if (!TO.test(text)) return null;
  let depth = 0;
  STOPS.lastIndex = TO.lastIndex;
  for (let stop = STOPS.exec(text); stop && stop.index - at < LONGEST && depth < DEEPEST; stop = STOPS.exec(text)) {
    if (stop[0] === '(') depth++;
    else if (stop[0] !== ')') return null;
    else if (depth-- === 0) {
      const url = text.slice(at + 1, stop.index);
      return isAddress(url) ? { url, end: stop.index + 1 } : null;
    }
  }
  return null;
}

function isLink(url: string, before: string | undefined): boolean {
  if (url.length > LONGEST || (before !== undefined && /[\p{L}\p{N}_]/u.test(before))) return false;
  return isAddress(url);
}

/** Where a link may lead. Everything else stays text, whatever the browser would make of it. */
function isAddress(url: string): boolean {
  // To be told by an exception costs a hundred times as much as to see it.
  if (!HOST.test(url)) return false;
  try {
    const { protocol, hostname } = new URL(url);
    return protocol === 'mailto:' || ((protocol === 'https:' || protocol === 'http:') && hostname !== '');
  } catch {
    return false;
  }
}

const OPENS: Record<string, string> = { ')': '(', ']': '[', '}': '{' };

/** Without the punctuation that belongs to the sentence, not to the address. A bracket that it opened itself stays. */
function trimmed(url: string): string {
  const balance: Record<string, number> = {};
  for (const c of url) balance[c] = '()[]{}'.includes(c) ? (balance[c] ?? 0) + 1 : 0;
  let end = url.length;
  for (; end > 0; end--) {
    const c = url[end - 1] as string;
    const open = OPENS[c];
    if (open !== undefined) {
      if ((balance[c] ?? 0) <= (balance[open] ?? 0)) break;
      balance[c] = (balance[c] ?? 0) - 1;
    } else if (!'.,;:!?\'’”»*_~`|…'.includes(c)) break;
  }
  return url.slice(0, end);
}
