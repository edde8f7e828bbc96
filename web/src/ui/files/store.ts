// What the first screen has to know of files: which ones go with the next message of each room. All that is done with
// them comes later (parts.ts).

import { useSyncExternalStore } from 'react';
import type { Posted, Session } from '../../sync/session';
import type { Bytes, MakeUploader, Uploader } from '../../sync/uploading';

/** A file that was chosen. Replaced when it changes, never changed. */
export interface Staged {
  key: string;
  /** As it was chosen. */
  file: File;
  name: string;
  type: string;
  bytes: number;
  alt: string;
  /** What is to be sent; null while it is made. */
  made: (Bytes & { width?: number; height?: number; unclean: boolean }) | null;
  /** Of the small picture of it; empty: there is none. */
  preview: string;
}

const none: readonly Staged[] = [];
/** Changed by the tray alone, which then tells. */
export const chosen = new Map<string, readonly Staged[]>();
const listeners = new Set<() => void>();

export const staged = (room: string): readonly Staged[] => chosen.get(room) ?? none;

export const tell = (): void => listeners.forEach((listener) => listener());

function subscribe(changed: () => void): () => void {
  listeners.add(changed);
  return () => listeners.delete(changed);
}

export function useStaged(room: string): readonly Staged[] {
  const get = () => staged(room);
  return useSyncExternalStore(subscribe, get, get);
}

/** `wait`: files are still being made, and `later` is called then. `refused`: the server did not take one; it is shown. */
export type Said = Posted | 'wait' | 'refused';

type Say = (session: Session, room: string, text: string, replyTo: number | null, later: () => void) => Said;

let say: Say = (session, _, text, replyTo) => session.post(text, replyTo);

/** What knows how to send files is here. */
export const onSay = (how: Say): void => void (say = how);

/** Says it, with the files of the tray. */
export const postWithFiles: Say = (...said) => say(...said);

/** The queue of uploads, which comes when the first message waits for a file. */
export const makeUploader: MakeUploader = (host) => {
  let real: Uploader | null = null;
  let coming: Promise<Uploader> | null = null;
  const use = (run: (uploader: Uploader) => void) => {
    coming ??= import('./parts').then((parts) => (real = parts.uploads.join(host)));
    coming.then(run, () => (coming = null));
  };
  return {
    upload: (item) => use((uploader) => uploader.upload(item)),
    cancel: (cid) => use((uploader) => uploader.cancel(cid)),
    progressOf: (key) => real?.progressOf(key) ?? 0,
  };
};
