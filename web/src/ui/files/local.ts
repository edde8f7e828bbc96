// Small pictures of files that were sent from this page: shown from here, one's own message does not blink when it comes
// back from the server. Known first by the file's own name in this browser, then by its id.

const MOST = 60;
const urls = new Map<string, string>();

export function remember(name: string, blob: Blob): string {
  const url = URL.createObjectURL(blob);
  put(name, url);
  return url;
}

function put(name: string, url: string): void {
  urls.delete(name);
  urls.set(name, url);
  for (const [old, gone] of urls) {
    if (urls.size <= MOST) break;
    urls.delete(old);
    if (![...urls.values()].includes(gone)) URL.revokeObjectURL(gone);
  }
}

/** The file has an id now. */
export function rename(name: string, id: string): void {
  const url = urls.get(name);
  if (url !== undefined) put(id, url);
}

export const localOf = (name: string): string | undefined => urls.get(name);
