// What is done to a file before it goes: what it tells of its sender is taken out, its size is measured, a small picture of
// it is made. All of it in the browser, since the server opens no picture. Comes when the first file is chosen.

import { cleanedFilm, FILMS } from './film';
import { STRIPS, stripped } from './strip';

export interface Prepared {
  blob: Blob;
  name: string;
  type: string;
  width?: number;
  height?: number;
  thumbnail?: Blob;
  /** It may tell where it was made: it should have been cleaned, and could not be. */
  unclean: boolean;
}

/** The most that a thumbnail measures, and the most that the server takes of one. */
const SIDE = 640;
const THUMBNAIL_BYTES = 256 * 1024;
/** A picture as small as this is its own thumbnail. */
const SMALL_BYTES = 100 * 1024;
/** A film that shows nothing by then is sent without a picture. */
const FILM_MS = 4000;

/** Kinds that may tell where they were made, and that are not cleaned by stripping. */
const TELLING = /^image\/(heic|heif|avif|tiff)$/;

export async function prepared(file: File, clean: boolean): Promise<Prepared> {
  const type = file.type.replace('image/jpg', 'image/jpeg');
  const plain = { blob: file, name: named(file.name), type, unclean: false };
  if (type.startsWith('video/')) return filmed(file, plain, clean);
  if (!type.startsWith('image/') || type === 'image/svg+xml') return plain;
  const cleaned = clean ? await cleanedOf(file, type) : null;
  const made = { ...plain, ...cleaned, unclean: clean && cleaned === null && (STRIPS.has(type) || TELLING.test(type)) };
  return { ...made, ...(await measured(made.blob, made.type)) };
}

/** Should a browser show a film only as it was, it is sent as it was. */
async function filmed(file: File, plain: Prepared, clean: boolean): Promise<Prepared> {
  const cleans = clean && FILMS.test(plain.type);
  const cleaned = cleans ? await cleanedFilm(file) : null;
  const seen = cleaned && (await still(cleaned.blob));
  if (cleaned && seen) return { ...plain, ...seen, blob: cleaned.blob, unclean: cleaned.telling };
  const was = await still(file);
  if (cleaned && !was) return { ...plain, blob: cleaned.blob, unclean: cleaned.telling };
  return { ...plain, ...was, unclean: cleans };
}

/** Null: it cannot be cleaned, or need not be. */
async function cleanedOf(file: File, type: string): Promise<Partial<Prepared> | null> {
  if (STRIPS.has(type)) {
    const bytes = stripped(type, new Uint8Array(await file.arrayBuffer()));
    return bytes && { blob: new Blob([bytes], { type }) };
  }
  if (!TELLING.test(type)) return null;
  const image = await decoded(file);
  const blob = image && (await drawn(image, image.width, image.height, 'image/jpeg', 0.92));
  image?.close();
  return blob && { blob, type: blob.type, name: named(file.name).replace(/\.\w+$/, '.jpg') };
}

/** As people see it: turned the right way round. Null where this browser cannot show it. */
async function decoded(blob: Blob): Promise<ImageBitmap | null> {
  try {
    return await createImageBitmap(blob);
  } catch {
    return null;
  }
}

async function measured(blob: Blob, type: string): Promise<Partial<Prepared>> {
  const image = await decoded(blob);
  if (!image) return {};
  const { width, height } = image;
  const small = blob.size <= SMALL_BYTES && Math.max(width, height) <= 2 * SIDE;
  const thumbnail = small ? null : await thumbnailOf(image, width, height, type !== 'image/jpeg');
  image.close();
  // One that is hardly smaller is not worth a second file.
  return thumbnail && thumbnail.size < blob.size * 0.8 ? { width, height, thumbnail } : { width, height };
}

type Drawable = ImageBitmap | HTMLVideoElement;

/** From fine to coarse, until one is small enough. */
const WAYS = [
  { side: SIDE, quality: 0.8 },
  { side: SIDE, quality: 0.6 },
  { side: SIDE / 2, quality: 0.6 },
];

async function thumbnailOf(image: Drawable, width: number, height: number, seeThrough: boolean, ways = WAYS): Promise<Blob | null> {
  const [way, ...others] = ways;
  if (!way) return null;
  const scale = Math.min(1, way.side / Math.max(width, height));
  const [w, h] = [width, height].map((side) => Math.max(1, Math.round(side * scale))) as [number, number];
  const webp = await drawn(image, w, h, 'image/webp', way.quality);
  // Some browsers read WebP and write PNG in its place, which is only good for what one can see through.
  const good = webp?.type === 'image/webp' || seeThrough;
  const blob = good ? webp : await drawn(image, w, h, 'image/jpeg', way.quality);
  return blob && blob.size <= THUMBNAIL_BYTES ? blob : thumbnailOf(image, width, height, seeThrough, others);
}

async function drawn(image: Drawable, width: number, height: number, type: string, quality: number): Promise<Blob | null> {
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const context = canvas.getContext('2d');
  if (!context) return null;
  context.imageSmoothingQuality = 'high';
  context.drawImage(image, 0, 0, width, height);
  return new Promise((done) => canvas.toBlob(done, type, quality));
}

/** How large a film is, and what it shows at its beginning; null: this browser cannot show it. */
async function still(file: Blob): Promise<Partial<Prepared> | null> {
  const url = URL.createObjectURL(file);
  const film = Object.assign(document.createElement('video'), { muted: true, preload: 'auto', playsInline: true, src: url });
  try {
    const there = await new Promise<boolean>((done) => {
      film.onloadeddata = () => done(true);
      film.onerror = () => done(false);
      setTimeout(() => done(true), FILM_MS);
    });
    if (!there) return null;
    const { videoWidth: width, videoHeight: height } = film;
    if (width === 0 || height === 0) return {};
    const thumbnail = await thumbnailOf(film, width, height, false);
    return thumbnail ? { width, height, thumbnail } : { width, height };
  } catch {
    return {};
  } finally {
    film.removeAttribute('src');
    film.load();
    URL.revokeObjectURL(url);
  }
}

const NAME_BYTES = 255;
// Control characters, what parts paths, and what turns the direction of text: the server takes none of these.
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const UNWANTED = /[\u0000-\u001f\u007f-\u009f/\\\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

const bytesIn = (text: string): number => new TextEncoder().encode(text).length;

/** A name that the server takes, with its ending, however long it was. */
export function named(name: string): string {
  const clean = name.replace(UNWANTED, '_').trim() || 'file';
  const dot = clean.lastIndexOf('.');
  const ending = dot > 0 && clean.length - dot <= 12 ? clean.slice(dot) : '';
  let stem = ending ? clean.slice(0, dot) : clean;
  while (bytesIn(stem + ending) > NAME_BYTES) stem = [...stem].slice(0, -1).join('');
  return stem + ending;
}
