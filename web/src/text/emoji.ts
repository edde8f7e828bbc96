// Messages of nothing but emoji are shown large.

const MOST = 8;
// Flags; keys such as 1️⃣; and whatever pictures are joined with skin tones, variation selectors and tags.
const ONE = String.raw`(?:\p{RI}\p{RI}|[0-9#*]\uFE0F?\u20E3|\p{ExtPict}(?:\p{EMod}|\uFE0F)?[\u{E0020}-\u{E007F}]*(?:\u200D\p{ExtPict}(?:\p{EMod}|\uFE0F)?)*)`;
const ONLY = new RegExp(String.raw`^\s*(?:${ONE}\s*){1,${MOST}}$`, 'u');
/** No emoji is longer, so what is longer than all of them together need not be looked at. */
const LONGEST = MOST * 40;

export function onlyEmoji(text: string): boolean {
  // © and ™ are pictures to Unicode, and words to people.
  return text.length <= LONGEST && ONLY.test(text) && !/^[\s©®™‼⁉]+$/.test(text);
}
