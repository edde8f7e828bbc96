// Where the page takes a file from. Whoever has a session cookie lets the browser ask; a guest has only a token, which an
// <img> cannot show, so the page fetches the file and shows what it got.

import { useEffect, useState } from 'react';
import { access } from './carry';

export interface FileId {
  id: string;
  name: string;
}

export const urlOf = ({ id, name }: FileId): string => `/api/v1/files/${id}/${encodeURIComponent(name)}`;
export const thumbnailOf = ({ id }: FileId): string => `/api/v1/files/${id}/thumbnail`;

/** What was fetched, for as long as there is room for it. */
const MOST = 80;
const fetched = new Map<string, Promise<string | null>>();

function fetchOnce(url: string): Promise<string | null> {
  const known = fetched.get(url);
  fetched.delete(url);
  const got = known ?? access.fetch(url).then((blob) => blob && URL.createObjectURL(blob));
  fetched.set(url, got);
  for (const [old, gone] of fetched) {
    if (fetched.size <= MOST) break;
    fetched.delete(old);
    void gone.then((blobUrl) => blobUrl && URL.revokeObjectURL(blobUrl));
  }
  // What failed may be there the next time.
  if (!known) void got.then((blobUrl) => blobUrl === null && fetched.delete(url));
  return got;
}

/** What to show of `url`: nothing yet (''), or null where it could not be had. Another `tries` tries again. */
export function useSource(url: string, tries = 0): string | null {
  const own = access.bearer === '' || !url.startsWith('/api/');
  const [got, take] = useState<{ url: string; shown: string | null } | null>(null);
  useEffect(() => {
    if (own) return undefined;
    let wanted = true;
    void fetchOnce(url).then((shown) => wanted && take({ url, shown }));
    return () => {
      wanted = false;
    };
    // oxlint-disable-next-line react/exhaustive-deps -- `tries` is there to try again
  }, [own, url, tries]);
  if (own) return url;
  return got?.url === url ? got.shown : '';
}

/** Saves a file under its name. A guest's is fetched first. */
export async function save(file: FileId): Promise<boolean> {
  const href = access.bearer === '' ? urlOf(file) : await fetchOnce(urlOf(file));
  if (href === null) return false;
  Object.assign(document.createElement('a'), { href, download: file.name }).click();
  return true;
}
