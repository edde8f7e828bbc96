// What a file is to its reader. The server has looked at its bytes: `type` is what they show.

import { locale } from '../../i18n/t';

export type Kind = 'picture' | 'sound' | 'film' | 'archive' | 'text' | 'other';

/** What the server lets a page show (the others it only lets one save). */
const PICTURES = new Set(['png', 'apng', 'gif', 'jpeg', 'webp', 'avif'].map((t) => `image/${t}`));
const ARCHIVES = /zip|compressed|tar|x-xz|bzip2|zstd|x-rar/;

export function kindOf(type: string): Kind {
  if (PICTURES.has(type)) return 'picture';
  if (type.startsWith('audio/')) return 'sound';
  if (type.startsWith('video/')) return 'film';
  if (ARCHIVES.test(type)) return 'archive';
  return type.startsWith('text/') || type === 'application/pdf' ? 'text' : 'other';
}

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];
const numbers = new Map<string, Intl.NumberFormat>();

/** "3.4 MB", as the reader writes numbers. */
export function sizeOf(bytes: number): string {
  const step = bytes < 1000 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), UNITS.length - 1);
  const value = bytes / 1000 ** step;
  const unit = UNITS[step] as string;
  const maximumFractionDigits = step > 0 && value < 10 ? 1 : 0;
  const name = `${locale} ${unit} ${maximumFractionDigits}`;
  let format = numbers.get(name);
  if (!format) {
    format = new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits });
    numbers.set(name, format);
  }
  return format.format(value);
}
