// Finds the links in a message. Every character is looked at a bounded number of times, whatever the text.

export type Piece = { text: string; href?: string };

// Stops at blanks, quotes and angle brackets, and at the characters that turn the direction of writing around: with
// those a link could show another address than the one it leads to.
// oxlint-disable-next-line no-control-regex -- it is these that must end a link
const LINK = /https?:\/\/[^\s<>"\u0000-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2066-\u2069]+/gi;
const LONGEST = 2048;

export function pieces(text: string): Piece[] {
  const out: Piece[] = [];
  let done = 0;
  for (const match of text.matchAll(LINK)) {
    const url = trimmed(match[0]);
    if (!isLink(url, text[match.index - 1])) continue;
    if (match.index > done) out.push({ text: text.slice(done, match.index) });
    out.push({ text: url, href: url });
    done = match.index + url.length;
  }
  if (done < text.length) out.push({ text: text.slice(done) });
  return out;
}

function isLink(url: string, before: string | undefined): boolean {
  if (url.length > LONGEST || (before !== undefined && /[\p{L}\p{N}_]/u.test(before))) return false;
  try {
    const { protocol, hostname } = new URL(url);
    return (protocol === 'https:' || protocol === 'http:') && hostname !== '';
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
