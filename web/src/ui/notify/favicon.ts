// What the browser's tab and the installed app's icon show: a number for what is said to me, a dot for what else is unread.

import type { Waiting } from '../../sync/waiting';

const SIZE = 64;
/** More does not fit. */
const MOST = 9;
const FETCHED_MS = 10_000;
const LOUD = '#c0392f';
const QUIET = '#e08a45';

let plain: Promise<ImageBitmap> | null = null;
let shown = '';
let drawn: string | null = null;

export function showWaiting(waiting: Waiting): void {
  badge(waiting);
  const next = waiting.loud > 0 ? (waiting.loud > MOST ? `${MOST}+` : String(waiting.loud)) : waiting.quiet > 0 ? '•' : '';
  if (next === shown) return;
  shown = next;
  void draw(next).catch(() => undefined); // an icon less is nothing to stop for
}

let badged = '';

/** The icon of an installed app; browsers that have none do nothing. Said once: it is a word to another process. */
function badge({ loud, quiet }: Waiting): void {
  const now = `${loud} ${quiet > 0}`;
  if (now === badged) return;
  badged = now;
  const { setAppBadge, clearAppBadge } = navigator as Partial<Navigator>;
  const done = loud > 0 ? setAppBadge?.call(navigator, loud) : quiet > 0 ? setAppBadge?.call(navigator) : clearAppBadge?.call(navigator);
  done?.catch(() => undefined); // only an installed app may
}

async function draw(text: string): Promise<void> {
  const link = document.querySelector<HTMLLinkElement>('link[rel=icon]');
  if (!link) return;
  const url = text === '' ? null : await picture(text);
  // Another one was asked for while this one was drawn.
  if (text !== shown) {
    if (url !== null) URL.revokeObjectURL(url);
    return;
  }
  link.href = url ?? '/favicon.svg';
  link.type = url === null ? 'image/svg+xml' : 'image/png';
  // The browser may still be fetching it.
  const before = drawn;
  if (before !== null) setTimeout(() => URL.revokeObjectURL(before), FETCHED_MS);
  drawn = url;
}

async function picture(text: string): Promise<string> {
  plain ??= mark();
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = SIZE;
  const pen = canvas.getContext('2d');
  if (!pen) throw new Error('no canvas');
  pen.drawImage(await plain, 0, 0, SIZE, SIZE);
  if (text === '•') disc(pen, 0.2, QUIET);
  else {
    disc(pen, 0.31, LOUD);
    pen.fillStyle = '#ffffff';
    pen.font = `700 ${SIZE * (text.length > 1 ? 0.38 : 0.48)}px system-ui, sans-serif`;
    pen.textAlign = 'center';
    pen.textBaseline = 'middle';
    pen.fillText(text, SIZE * 0.69, SIZE * 0.71);
  }
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/png'));
  if (!blob) throw new Error('no picture');
  return URL.createObjectURL(blob);
}

/** At the lower right, with a rim that sets it off from the mark and from the browser's tab. */
function disc(pen: CanvasRenderingContext2D, radius: number, colour: string): void {
  const middle = SIZE * (1 - radius);
  pen.beginPath();
  pen.arc(middle, middle, SIZE * radius, 0, 2 * Math.PI);
  pen.fillStyle = colour;
  pen.fill();
}

/** As a picture of points, since not every browser draws the vectors of one without a size. */
async function mark(): Promise<ImageBitmap> {
  const response = await fetch('/icons/192.png');
  return createImageBitmap(await response.blob());
}
