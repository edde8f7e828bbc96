// Takes out of a film's file what is not the film: where and when it was taken, with what, by whom. Of MP4 and QuickTime, which
// are what cameras write (ISO/IEC 14496-12). A film says by byte numbers where its pictures lie, so nothing is moved: what
// goes becomes as many zeros in its place, in a box that is called free. However large the file is, only the heads of its
// boxes are read, and the one box that describes the film. What a camera writes among the pictures and sounds themselves
// stays; where that is a track of its own, it is told. Pure, over what is read.

/** Gives the bytes from one place up to another. */
export type Read = (from: number, to: number) => Promise<Uint8Array>;

/** The bytes from one place up to another become this, and then zeros. */
export interface Hole {
  from: number;
  to: number;
  head: readonly number[];
}

export interface Looked {
  holes: readonly Hole[];
  /** A track holds something else than pictures, sounds and texts: places, say. */
  telling: boolean;
}

/** Kinds of files that can be cleaned here. */
export const FILMS = /^video\/(?:mp4|quicktime|x-m4v|3gpp2?)$/;

/** A film has a few dozens of boxes, or one with many pieces some thousands. */
const BOXES_MOST = 10_000;
const MOOV_MOST = 64 << 20;

/** What a film needs. All else tells something about it, or nothing: uuid, udta, meta, what is free. */
const FILE_KEEPS = new Set(['ftyp', 'styp', 'mdat', 'moof', 'mfra', 'sidx', 'ssix', 'pdin']);
const MOOV_KEEPS = new Set(['mvhd', 'trak', 'mvex', 'iods', 'pssh', 'ctab']);
const TRAK_KEEPS = new Set(['tkhd', 'mdia', 'edts', 'tref', 'trgr', 'tapt', 'clip', 'matt', 'load', 'imap']);
const MDIA_KEEPS = new Set(['mdhd', 'hdlr', 'minf', 'elng']);
const HARMLESS = new Set(['vide', 'soun', 'text', 'sbtl', 'subt', 'clcp', 'tmcd', 'hint']);

interface Box {
  type: string;
  at: number;
  /** Where its content begins, and where the next box does. */
  body: number;
  end: number;
}

/** Not a film, or a broken one: it is left as it is. */
class Broken extends Error {}

/** What would have to go; null: this is no file of that kind, or a broken one. */
export async function lookedThrough(size: number, read: Read): Promise<Looked | null> {
  const look = new Look();
  try {
    for (let at = 0; at + 8 <= size; ) {
      // oxlint-disable-next-line no-await-in-loop -- where the next one is, this one says
      const head = await read(at, Math.min(at + 16, size));
      const box = look.box(new DataView(head.buffer, head.byteOffset, head.byteLength), 0, at, size, true);
      // oxlint-disable-next-line no-await-in-loop -- the same
      if (box.type === 'moov') await look.moov(box, read);
      else look.keepOnly(FILE_KEEPS, box);
      at = box.end;
    }
  } catch (e) {
    // Something ends before it should.
    if (e instanceof Broken || e instanceof RangeError) return null;
    throw e;
  }
  return look.film ? look : null;
}

class Look implements Looked {
  readonly holes: Hole[] = [];
  telling = false;
  /** Whether the film was described. */
  film = false;
  private boxes = 0;

  /** The box at a place of the file, whose head is at `from` in what was read. `last`: it may go on to the end. */
  box(d: DataView, from: number, at: number, end: number, last = false): Box {
    const short = d.getUint32(from);
    const long = short === 1;
    const size = long ? d.getUint32(from + 8) * 2 ** 32 + d.getUint32(from + 12) : short === 0 && last ? end - at : short;
    const type = String.fromCharCode(...[4, 5, 6, 7].map((i) => d.getUint8(from + i)));
    const body = at + (long ? 16 : 8);
    if (++this.boxes > BOXES_MOST || at + size < body || at + size > end) throw new Broken();
    return { type, at, body, end: at + size };
  }

  /** A box that is not among these goes. Whether it stays. */
  keepOnly(keeps: ReadonlySet<string>, { type, at, body, end }: Box): boolean {
    if (keeps.has(type)) return true;
    // Its size stays as it was written; an empty one tells nothing.
    if (end > body) this.holes.push({ from: at + 4, to: at + 8, head: FREE }, { from: body, to: end, head: [] });
    return false;
  }

  async moov(box: Box, read: Read): Promise<void> {
    if (this.film || box.end - box.at > MOOV_MOST) throw new Broken();
    const bytes = await read(box.at, box.end);
    const d = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (const child of this.within(d, box.at, box)) {
      // A description that is packed cannot be read here.
      if (child.type === 'cmov') throw new Broken();
      if (child.type === 'mvhd') this.times(d, box.at, child);
      if (this.keepOnly(MOOV_KEEPS, child) && child.type === 'trak') this.track(d, box.at, child);
    }
    this.film = true;
  }

  private track(d: DataView, base: number, trak: Box): void {
    for (const child of this.within(d, base, trak)) {
      if (child.type === 'tkhd') this.times(d, base, child);
      if (!this.keepOnly(TRAK_KEEPS, child) || child.type !== 'mdia') continue;
      for (const one of this.within(d, base, child)) {
        if (one.type === 'mdhd') this.times(d, base, one);
        if (one.type === 'hdlr') this.handler(d, base, one);
        this.keepOnly(MDIA_KEEPS, one);
      }
    }
  }

  private *within(d: DataView, base: number, { body, end }: Box): Generator<Box> {
    for (let at = body; at + 8 <= end; ) {
      const box = this.box(d, at - base, at, end);
      yield box;
      at = box.end;
    }
  }

  /** When it was made and changed: two numbers of four or eight bytes behind the version and its flags. */
  private times(d: DataView, base: number, { body, end }: Box): void {
    const from = body + 4;
    const to = from + (d.getUint8(body - base) === 1 ? 16 : 8);
    if (to > end) throw new Broken();
    this.holes.push({ from, to, head: [] });
  }

  /** What kind of track it is, and, of no use to anybody, what wrote it. */
  private handler(d: DataView, base: number, { body, end }: Box): void {
    const name = body + 24;
    if (name > end) throw new Broken();
    const kind = String.fromCharCode(...[8, 9, 10, 11].map((i) => d.getUint8(body - base + i)));
    if (!HARMLESS.has(kind)) this.telling = true;
    if (name < end) this.holes.push({ from: name, to: end, head: [] });
  }
}

const FREE = Array.from('free', (c) => c.charCodeAt(0));
const ZEROS = new Blob([new Uint8Array(1 << 20)]);

/** The film without it, and whether it may still tell something; null: it cannot be cleaned. */
export async function cleanedFilm(file: Blob): Promise<{ blob: Blob; telling: boolean } | null> {
  const found = await lookedThrough(file.size, async (from, to) => new Uint8Array(await file.slice(from, to).arrayBuffer()));
  if (!found) return null;
  const parts: BlobPart[] = [];
  let at = 0;
  for (const { from, to, head } of found.holes) {
    parts.push(file.slice(at, from), Uint8Array.from(head));
    for (let left = to - from - head.length; left > 0; left -= ZEROS.size) parts.push(ZEROS.slice(0, left));
    at = to;
  }
  return { blob: new Blob([...parts, file.slice(at)], { type: file.type }), telling: found.telling };
}
