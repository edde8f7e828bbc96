// Films, made by hand: what tells of the sender goes, nothing moves, and what is broken is left alone.

import { describe, expect, it } from 'vitest';
import { cleanedFilm, lookedThrough, type Hole } from '../../src/ui/files/film';
import { LINEAR_MOST } from './growth';

const text = (s: string): number[] => Array.from(s, (c) => c.charCodeAt(0));
const be32 = (n: number): number[] => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255];
const zeros = (n: number): number[] => Array.from({ length: n }, () => 0);
const box = (type: string, ...parts: number[][]): number[] => {
  const body = parts.flat();
  return [...be32(body.length + 8), ...text(type), ...body];
};
/** With its size in 64 bits. */
const long = (type: string, body: number[]): number[] => [...be32(1), ...text(type), ...be32(0), ...be32(body.length + 16), ...body];

const PLACE = text('+52.5200+013.4050/');
const ftyp = box('ftyp', text('isom'), be32(512), text('isommp42'));
const mdat = box('mdat', text('the pictures and the sounds'));
const times = (when: number): number[] => [...be32(0), ...be32(when), ...be32(when)];
const mvhd = (when: number): number[] => box('mvhd', times(when), be32(600), be32(1200));
const hdlr = (kind: string, name: string): number[] => box('hdlr', be32(0), text('mhlr'), text(kind), zeros(12), text(name));
const trak = (kind: string, when: number, name: string, ...more: number[][]): number[] =>
  box('trak', box('tkhd', times(when), be32(1)), box('mdia', box('mdhd', times(when), be32(600)), hdlr(kind, name), box('minf', box('stbl', box('stco', be32(0), be32(1), be32(400))))), ...more);
const location = box('\u00a9xyz', [0, 18, 0x15, 0xc7], PLACE);
const keys = box('meta', hdlr('mdta', ''), box('keys', text('com.apple.quicktime.location.ISO6709')), box('ilst', PLACE));

const film = (...parts: number[][]): Uint8Array<ArrayBuffer> => Uint8Array.from(parts.flat());
const told = film(
  ftyp,
  box('free', text('secret')),
  mdat,
  box('moov', mvhd(3_800_000_000), trak('vide', 3_800_000_000, 'Secret Cam', box('udta', box('name', text('secret'))), box('meta', text('secret'))), trak('soun', 1, ''), box('udta', location, zeros(4)), keys, box('uuid', text('secret'))),
  box('uuid', text('secret')),
  long('udta', PLACE),
);
/** The same as it should be left: every box that goes is as long as it was. */
const left = film(
  ftyp,
  box('free', zeros(6)),
  mdat,
  box('moov', mvhd(0), trak('vide', 0, '\0'.repeat(10), box('free', zeros(14)), box('free', zeros(6))), trak('soun', 0, ''), box('free', zeros(location.length + 4)), box('free', zeros(keys.length - 8)), box('free', zeros(6))),
  box('free', zeros(6)),
  long('free', zeros(PLACE.length)),
);

const clean = async (bytes: Uint8Array<ArrayBuffer>) => {
  const made = await cleanedFilm(new Blob([bytes], { type: 'video/mp4' }));
  return made && { bytes: new Uint8Array(await made.blob.arrayBuffer()), telling: made.telling, type: made.blob.type };
};
const look = (bytes: Uint8Array) => lookedThrough(bytes.length, (from, to) => Promise.resolve(bytes.subarray(from, to)));

describe('a film', () => {
  it('loses place, time and camera, and nothing in it moves', async () => {
    const made = await clean(told);
    expect(made?.bytes).toEqual(left);
    expect(made).toMatchObject({ telling: false, type: 'video/mp4' });
    expect((await clean(left))?.bytes).toEqual(left);
  });

  it('with times of 64 bits, too', async () => {
    const wide = (n: number) => box('mvhd', [1, 0, 0, 0], be32(n), be32(n), be32(n), be32(n), be32(600));
    expect((await clean(film(ftyp, box('moov', wide(7)), mdat)))?.bytes).toEqual(film(ftyp, box('moov', wide(0)), mdat));
  });

  it('may end with a box that says no size', async () => {
    const last = (type: string, body: number[]) => [...be32(0), ...text(type), ...body];
    const moov = box('moov', mvhd(0));
    expect((await clean(film(ftyp, moov, last('mdat', [1, 2, 3]))))?.bytes).toEqual(film(ftyp, moov, last('mdat', [1, 2, 3])));
    expect((await clean(film(ftyp, moov, last('meta', PLACE))))?.bytes).toEqual(film(ftyp, moov, last('free', zeros(PLACE.length))));
  });

  it('with a track of something else may still tell', async () => {
    const made = await clean(film(ftyp, mdat, box('moov', mvhd(0), trak('meta', 0, ''))));
    expect(made?.telling).toBe(true);
  });

  it('is not read but for its heads and its description', async () => {
    const description = box('moov', mvhd(1));
    const size = ftyp.length + 16 + 2 ** 40 + description.length;
    const head = [...be32(1), ...text('mdat'), ...be32(256), ...be32(16)];
    let amount = 0;
    const at = new Map([
      [0, ftyp],
      [ftyp.length, head],
      [size - description.length, description],
    ]);
    const found = await lookedThrough(size, (from, to) => {
      amount += to - from;
      return Promise.resolve(Uint8Array.from((at.get(from) ?? []).slice(0, to - from)));
    });
    expect(found?.holes).toEqual([{ from: size - description.length + 20, to: size - description.length + 28, head: [] }]);
    expect(amount).toBeLessThan(100);
  });
});

describe('what is broken, or no film, is left alone', () => {
  const moov = box('moov', mvhd(0));
  const sized = (size: number[], type: string, ...parts: number[][]) => [...size, ...text(type), ...parts.flat()];
  it.each<[string, number[][]]>([
    ['nothing', []],
    ['no box', [text('RIFF0000AVI LIST')]],
    ['no description', [ftyp, mdat]],
    ['two descriptions', [ftyp, moov, moov]],
    ['a packed one', [ftyp, box('moov', box('cmov', [1, 2, 3]))]],
    ['a box larger than the file', [ftyp, moov, sized(be32(1000), 'mdat')]],
    ['a box smaller than its head', [ftyp, moov, sized(be32(7), 'mdat', zeros(20))]],
    ['64 bits that say less than their head', [ftyp, moov, sized(be32(1), 'mdat', be32(0), be32(15), zeros(20))]],
    ['64 bits that say far too much', [ftyp, moov, sized(be32(1), 'mdat', be32(0xffffffff), be32(0xffffffff), zeros(20))]],
    ['64 bits that are cut off', [ftyp, moov, sized(be32(1), 'mdat', be32(0))]],
    ['no size within', [ftyp, box('moov', sized(be32(0), 'mvhd', zeros(40)))]],
    ['a box that goes beyond what it is in', [ftyp, box('moov', sized(be32(500), 'mvhd', zeros(40))), mdat, zeros(600)]],
    ['one in a track that does', [ftyp, box('moov', mvhd(0), box('trak', sized(be32(90), 'tkhd', zeros(20)))), zeros(200)]],
    ['times that are cut off', [ftyp, box('moov', box('mvhd', be32(0), be32(1)))]],
    ['a handler that is cut off', [ftyp, box('moov', box('trak', box('mdia', box('hdlr', zeros(20)))))]],
    ['a description that the file does not hold', [ftyp, sized(be32(100), 'moov', mvhd(0))]],
  ])('%s', async (_, parts) => {
    expect(await look(film(...parts))).toBeNull();
  });

  it('at whatever byte it is cut off', async () => {
    for (let end = 0; end < told.length; end++) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const found = await look(told.subarray(0, end));
      expect((found?.holes ?? []).every(({ from, to }) => from < to && to <= end)).toBe(true);
    }
  });

  it('whatever byte is another', async () => {
    const wrong: number[] = [];
    for (let at = 0; at < told.length; at++) {
      for (const other of [0, 1, 8, 255]) {
        const bytes = told.slice();
        bytes[at] = other;
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        const found = await look(bytes);
        const holes = found?.holes ?? [];
        const inOrder = ({ from, to, head }: Hole, i: number) => from >= (holes[i - 1]?.to ?? 0) && to >= from + head.length && to <= bytes.length;
        if (!holes.every(inOrder)) wrong.push(at);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('boxes in boxes in boxes, and more of them than a film has', async () => {
    let deep = mvhd(0);
    for (let i = 0; i < 100; i++) deep = box('moov', deep);
    expect((await look(film(ftyp, deep)))?.holes).toHaveLength(2);
    let tracks = mvhd(0);
    for (let i = 0; i < 100; i++) tracks = box('trak', tracks);
    expect(await look(film(ftyp, box('moov', tracks)))).not.toBeNull();
    const many = Array.from({ length: 10_001 }, () => box('free')).flat();
    expect(await look(film(ftyp, box('moov', mvhd(0)), many))).toBeNull();
    expect(await look(film(ftyp, box('moov', mvhd(0), many)))).toBeNull();
  });
});

it('its time is linear in what is described', { timeout: 60_000 }, async () => {
  const of = (tracks: number) => film(ftyp, box('moov', mvhd(1), Array.from({ length: tracks }, () => trak('vide', 1, 'x', box('udta', PLACE))).flat()));
  const small = of(90);
  const large = of(8 * 90);
  /** The least of some runs, in the processor's time; less than this is noise. */
  const cost = async (bytes: Uint8Array) => {
    let least = Infinity;
    for (let run = 0; run < 5; run++) {
      const began = process.cpuUsage();
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect(await look(bytes)).not.toBeNull();
      const { user, system } = process.cpuUsage(began);
      least = Math.min(least, user + system);
    }
    return Math.max(200, least);
  };
  await cost(large);
  expect((await cost(large)) / (await cost(small))).toBeLessThan(LINEAR_MOST);
});
