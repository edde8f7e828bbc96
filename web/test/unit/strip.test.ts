// Files of pictures, made by hand: what tells of the sender goes, the picture and how it is turned stay.

import { describe, expect, it } from 'vitest';
import { stripped } from '../../src/ui/files/strip';

const text = (s: string): number[] => Array.from(s, (c) => c.charCodeAt(0));
const be16 = (n: number): number[] => [n >> 8, n & 255];
const be32 = (n: number): number[] => [n >>> 24, (n >> 16) & 255, (n >> 8) & 255, n & 255];
const le32 = (n: number): number[] => be32(n).toReversed();

/** A TIFF block as cameras write it: the orientation, and a place that nobody should learn. */
function tiff(turn: number, little = false): number[] {
  const order = (bytes: number[]): number[] => (little ? bytes.toReversed() : bytes);
  const entry = (tag: number, type: number, value: number[]): number[] => [...order(be16(tag)), ...order(be16(type)), ...order(be32(1)), ...value];
  return [
    ...(little ? text('II') : text('MM')),
    ...order(be16(42)),
    ...order(be32(8)),
    ...order(be16(2)),
    ...entry(0x0112, 3, [...order(be16(turn)), 0, 0]),
    ...entry(0x8825, 4, order(be32(26))),
    ...be32(0),
    ...text('52.5200N 13.4050E'),
  ];
}

const segment = (marker: number, data: number[]): number[] => [0xff, marker, ...be16(data.length + 2), ...data];
const SOI = [0xff, 0xd8];
const EOI = [0xff, 0xd9];
const JFIF = segment(0xe0, text('JFIF\0abc'));
const ICC = segment(0xe2, text('ICC_PROFILE\0\u0001\u0001colours'));
const TABLE = segment(0xdb, [1, 2, 3]);
// With a stuffed byte, a restart and an end within, which are none; and a second scan, as progressive ones have.
const SCAN = [...segment(0xda, [0, 1]), 0x12, 0xff, 0x00, 0xff, 0xd3, 0x34, ...segment(0xc4, [9]), ...segment(0xda, [0, 2]), 0x56];
const exif = (turn: number, little = false): number[] => segment(0xe1, [...text('Exif\0\0'), ...tiff(turn, little)]);

const jpeg = (...parts: number[][]): Uint8Array => Uint8Array.from([...SOI, ...parts.flat()]);
const clean = (type: string, bytes: Uint8Array): number[] => [...(stripped(type, bytes) ?? [])];
const tells = (bytes: number[]): boolean => /13\.4050E|secret/.test(String.fromCharCode(...bytes));

describe('JPEG', () => {
  it('loses all but the picture', () => {
    const full = jpeg(
      JFIF,
      exif(1),
      segment(0xe1, text('http://ns.adobe.com/xap/1.0/\0secret')),
      segment(0xed, text('Photoshop 3.0\0secret')),
      segment(0xfe, text('secret')),
      segment(0xe2, text('MPF\0secret')),
      ICC,
      TABLE,
      SCAN,
      EOI,
      text('a film with a secret'),
    );
    expect(clean('image/jpeg', full)).toEqual([...jpeg(JFIF, ICC, TABLE, SCAN, EOI)]);
  });

  it.each([false, true])('stays turned (little endian: %s)', (little) => {
    const out = clean('image/jpeg', jpeg(JFIF, exif(6, little), TABLE, SCAN, EOI));
    expect(tells(out)).toBe(false);
    const at = String.fromCharCode(...out).indexOf('Exif\0\0');
    expect(at).toBe(2 + JFIF.length + 4);
    // The length fits, and after it the picture goes on.
    const length = (out[at - 2] as number) * 256 + (out[at - 1] as number);
    expect(out.slice(at - 2 + length, at - 2 + length + 2)).toEqual([0xff, 0xdb]);
    // Said once more, it is still the same.
    expect(clean('image/jpeg', Uint8Array.from(out))).toEqual(out);
  });

  it('is told apart from what is broken, at every end', () => {
    const full = jpeg(JFIF, exif(6), TABLE, SCAN, EOI);
    for (let n = 0; n < full.length - 1; n++) expect(stripped('image/jpeg', full.subarray(0, n)), String(n)).toBeNull();
    expect(stripped('image/jpeg', Uint8Array.from(text('GIF89a')))).toBeNull();
  });
});

describe('PNG', () => {
  const chunk = (name: string, data: number[]): number[] => [...be32(data.length), ...text(name), ...data, 1, 2, 3, 4];
  const head = [0x89, ...text('PNG\r\n\u001a\n')];
  const [ihdr, idat, iend] = [chunk('IHDR', [1]), chunk('IDAT', [2, 3]), chunk('IEND', [])];

  it('loses its texts', () => {
    const full = [head, ihdr, chunk('tEXt', text('secret')), chunk('iTXt', text('secret')), chunk('tIME', [1]), idat, iend, text('secret')];
    expect(clean('image/png', Uint8Array.from(full.flat()))).toEqual([head, ihdr, idat, iend].flat());
  });

  it('stays turned, with a sum that is right', () => {
    const out = clean('image/png', Uint8Array.from([head, ihdr, chunk('eXIf', tiff(8)), idat, iend].flat()));
    expect(tells(out)).toBe(false);
    const at = String.fromCharCode(...out).indexOf('eXIf');
    expect(at).toBeGreaterThan(0);
    // CRC-32 of 'eXIf' and its 26 bytes, as zlib computes it.
    expect(out.slice(at + 4 + 26, at + 4 + 30)).toEqual(be32(CRC_OF_EXIF_8));
  });
});

const CRC_OF_EXIF_8 = 0x86583034;

describe('WebP', () => {
  const chunk = (name: string, data: number[]): number[] => [...text(name), ...le32(data.length), ...data, ...(data.length % 2 ? [0] : [])];
  const file = (...chunks: number[][]): number[] => {
    const body = [...text('WEBP'), ...chunks.flat()];
    return [...text('RIFF'), ...le32(body.length), ...body];
  };
  const vp8x = (flags: number): number[] => chunk('VP8X', [flags, 0, 0, 0, 9, 0, 0, 9, 0, 0]);
  const vp8 = chunk('VP8 ', [1, 2, 3]);

  it('loses what is not the picture, and says so', () => {
    const full = file(vp8x(0x1c), vp8, chunk('EXIF', tiff(1)), chunk('XMP ', text('secret')));
    expect(clean('image/webp', Uint8Array.from(full))).toEqual(file(vp8x(0x10), vp8));
  });

  it('stays turned', () => {
    const out = clean('image/webp', Uint8Array.from(file(vp8x(0x0c), vp8, chunk('EXIF', tiff(3)))));
    expect(tells(out)).toBe(false);
    expect(out[20]).toBe(0x08);
    expect(out.slice(4, 8)).toEqual(le32(out.length - 8));
  });
});

it('leaves other kinds alone', () => {
  expect(stripped('image/gif', Uint8Array.from(text('GIF89a')))).toBeNull();
});
