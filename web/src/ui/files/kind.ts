// What a file is to its reader. The server has looked at its bytes: `type` is what they show.

export type Kind = 'picture' | 'sound' | 'film' | 'archive' | 'text' | 'other';

/** What the server lets a page show (the others it only lets one save). */
const PICTURES = new Set(['png', 'apng', 'gif', 'jpeg', 'webp', 'avif'].map((t) => `image/${t}`));
const ARCHIVES = /zip|compressed|tar|x-xz|bzip2|zstd|x-rar/;

/** Made by a camera, perhaps: it may tell where. */
export const isShot = (type: string): boolean => /^(?:image|video)\//.test(type);

export function kindOf(type: string): Kind {
  if (PICTURES.has(type)) return 'picture';
  if (type.startsWith('audio/')) return 'sound';
  if (type.startsWith('video/')) return 'film';
  if (ARCHIVES.test(type)) return 'archive';
  return type.startsWith('text/') || type === 'application/pdf' ? 'text' : 'other';
}
