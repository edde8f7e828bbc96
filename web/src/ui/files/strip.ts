// Takes out of a picture's file what is not the picture: where and when it was taken, with what, by whom, small copies of
// it. The picture itself stays bit for bit as it was, which writing it anew would not. What has to stay is how it is
// turned (JPEG, PNG and WebP have that among the rest) and its colours. Pure.

/** What is left, or null when this is no file of that kind, or a broken one. */
export function stripped(type: string, bytes: Uint8Array): Uint8Array<ArrayBuffer> | null {
  try {
    if (type === 'image/jpeg') return jpeg(bytes);
    if (type === 'image/png') return png(bytes);
    if (type === 'image/webp') return webp(bytes);
    return null;
  } catch (e) {
    // Something ends before it should.
    if (e instanceof RangeError) return null;
    throw e;
  }
}

/** Kinds whose files can be cleaned here. */
export const STRIPS = new Set(['image/jpeg', 'image/png', 'image/webp']);

const view = (b: Uint8Array): DataView => new DataView(b.buffer, b.byteOffset, b.byteLength);
const ascii = (b: Uint8Array, at: number, length: number): string => String.fromCharCode(...b.subarray(at, at + length));

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(parts.reduce((sum, p) => sum + p.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

// --- JPEG (ITU-T T.81, annex B) -----------------------------------------------------------------------------------------

const SOS = 0xda;
const EOI = 0xd9;

function jpeg(b: Uint8Array): Uint8Array<ArrayBuffer> | null {
  const d = view(b);
  if (d.getUint16(0) !== 0xffd8) return null;
  const kept: Uint8Array[] = [b.subarray(0, 2)];
  let turn = 1;
  let at = 2;
  while (b[at] === 0xff) {
    const marker = d.getUint8(at + 1);
    // Fill bytes may stand before a marker.
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (marker === EOI) return withTurn(kept, turn, b.subarray(at, at + 2));
    const length = d.getUint16(at + 2) + 2;
    const segment = b.subarray(at, at + length);
    if (segment.length < length) return null;
    if (marker === 0xe1 && ascii(segment, 4, 6) === 'Exif\0\0') turn = orientation(segment.subarray(10));
    if (stays(marker, segment)) kept.push(segment);
    at += length;
    if (marker !== SOS) continue;
    const end = endOfScan(b, at);
    kept.push(b.subarray(at, end));
    at = end;
  }
  return null;
}

/** Of the applications' segments: JFIF, colour profiles, and how Adobe stores colours. And no comments. */
function stays(marker: number, segment: Uint8Array): boolean {
  if (marker === 0xe2) return ascii(segment, 4, 12) === 'ICC_PROFILE\0';
  if (marker === 0xe0 || marker === 0xee) return true;
  return marker !== 0xfe && (marker < 0xe0 || marker > 0xef);
}

/** The data of a scan goes on to the next marker that is neither a stuffed byte nor a restart. */
function endOfScan(b: Uint8Array, from: number): number {
  for (let at = b.indexOf(0xff, from); at >= 0; at = b.indexOf(0xff, at + 1)) {
    const next = b[at + 1] ?? 0;
    if (next !== 0 && next !== 0xff && (next < 0xd0 || next > 0xd7)) return at;
  }
  return b.length;
}

/** What comes after the picture's end (a second picture, a film) is left out with the rest. */
function withTurn(kept: Uint8Array[], turn: number, end: Uint8Array): Uint8Array<ArrayBuffer> {
  const first = kept[1];
  // JFIF has to be the first one, where there is one.
  const place = first?.[1] === 0xe0 ? 2 : 1;
  if (turn > 1) kept.splice(place, 0, joined([Uint8Array.of(0xff, 0xe1, 0, 34), exifOf(turn)]));
  return joined([...kept, end]);
}

const EXIF = [0x45, 0x78, 0x69, 0x66, 0, 0];

/** The smallest Exif there is: one directory with one entry, the orientation. */
const exifOf = (turn: number): Uint8Array =>
  // prettier-ignore
  Uint8Array.of(...EXIF, 0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, turn, 0, 0, 0, 0, 0, 0);

/** The orientation (1–8) that a TIFF header and its first directory tell; 1 when they tell none. */
function orientation(tiff: Uint8Array): number {
  try {
    const d = view(tiff);
    const little = d.getUint16(0) === 0x4949;
    const directory = d.getUint32(4, little);
    const count = d.getUint16(directory, little);
    for (let i = 0; i < count; i++) {
      const entry = directory + 2 + i * 12;
      if (d.getUint16(entry, little) !== 0x0112) continue;
      const turn = d.getUint16(entry + 8, little);
      return turn >= 1 && turn <= 8 ? turn : 1;
    }
  } catch {
    // A broken one tells nothing.
  }
  return 1;
}

// --- PNG (its chunks: W3C PNG, section 5) -------------------------------------------------------------------------------

const NOT_THE_PICTURE = new Set(['eXIf', 'tEXt', 'zTXt', 'iTXt', 'tIME']);

function png(b: Uint8Array): Uint8Array<ArrayBuffer> | null {
  const d = view(b);
  if (d.getUint32(0) !== 0x89504e47 || d.getUint32(4) !== 0x0d0a1a0a) return null;
  const kept: Uint8Array[] = [b.subarray(0, 8)];
  for (let at = 8; at < b.length; ) {
    const length = d.getUint32(at) + 12;
    const name = ascii(b, at + 4, 4);
    const chunk = b.subarray(at, at + length);
    if (chunk.length < length) return null;
    const turn = name === 'eXIf' ? orientation(chunk.subarray(8, -4)) : 1;
    if (turn > 1) kept.push(chunkOf('eXIf', exifOf(turn).subarray(6)));
    else if (!NOT_THE_PICTURE.has(name)) kept.push(chunk);
    at += length;
    if (name === 'IEND') return joined(kept);
  }
  return null;
}

function chunkOf(name: string, data: Uint8Array): Uint8Array {
  const chunk = joined([new Uint8Array(4), Uint8Array.from(name, (c) => c.charCodeAt(0)), data, new Uint8Array(4)]);
  view(chunk).setUint32(0, data.length);
  view(chunk).setUint32(chunk.length - 4, crc(chunk.subarray(4, -4)));
  return chunk;
}

function crc(b: Uint8Array): number {
  let sum = ~0;
  for (const byte of b) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}

// --- WebP (RFC 9649) ----------------------------------------------------------------------------------------------------

const FLAG_EXIF = 0x08;
const FLAG_XMP = 0x04;

function webp(b: Uint8Array): Uint8Array<ArrayBuffer> | null {
  const d = view(b);
  if (ascii(b, 0, 4) !== 'RIFF' || ascii(b, 8, 4) !== 'WEBP') return null;
  const end = Math.min(d.getUint32(4, true) + 8, b.length);
  const kept: Uint8Array[] = [b.slice(0, 12)];
  let turned = false;
  for (let at = 12; at + 8 <= end; ) {
    const name = ascii(b, at, 4);
    const size = d.getUint32(at + 4, true);
    const chunk = b.slice(at, at + 8 + size + (size % 2));
    if (name === 'EXIF') {
      // Some write it with JPEG's head before it.
      const tiff = ascii(chunk, 8, 6) === 'Exif\0\0' ? chunk.subarray(14) : chunk.subarray(8);
      const turn = orientation(tiff);
      turned = turn > 1;
      if (turned) kept.push(riff('EXIF', exifOf(turn).subarray(6)));
    } else if (name !== 'XMP ') kept.push(chunk);
    at += 8 + size + (size % 2);
  }
  for (const chunk of kept) {
    if (ascii(chunk, 0, 4) === 'VP8X') chunk[8] = ((chunk[8] ?? 0) & ~(FLAG_EXIF | FLAG_XMP)) | (turned ? FLAG_EXIF : 0);
  }
  const out = joined(kept);
  view(out).setUint32(4, out.length - 8, true);
  return out;
}

function riff(name: string, data: Uint8Array): Uint8Array {
  const chunk = joined([Uint8Array.from(name, (c) => c.charCodeAt(0)), new Uint8Array(4), data]);
  view(chunk).setUint32(4, data.length, true);
  return chunk;
}
