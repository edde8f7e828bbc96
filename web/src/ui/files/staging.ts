// The files that go with the next message of each room. They set out as soon as they are chosen; the message takes them
// along when it is said.

import { sizeOf } from '../../i18n/size';
import type { Attachment, Bytes } from '../../sync/uploading';
import { toast } from '../kit/toast';
import { randomHex } from '../shell/browser';
import { prefs } from '../shell/prefs';
import { uploads } from './carry';
import { isShot, kindOf } from './kind';
import { remember } from './local';
import { chosen, onSay, staged, tell, type Staged } from './store';
import { t, tn } from './words';
import { soon } from '../kit/lazy';

const AGAIN_MS = 2000;

/** The files of one message. */
const MOST = 10;

/** What is not made yet. */
const working = new Map<string, Promise<void>>();

/** What was chosen lives in this page alone until it is said. */
const hold = (e: Event): void => e.preventDefault();

function setStaged(room: string, files: readonly Staged[]): void {
  if (files.length > 0) chosen.set(room, files);
  else chosen.delete(room);
  if (chosen.size > 0) window.addEventListener('beforeunload', hold);
  else window.removeEventListener('beforeunload', hold);
  tell();
}

function change(room: string, key: string, to: Partial<Staged>): void {
  const changed = (s: Staged): Staged => ({ ...s, ...to });
  setStaged(room, staged(room).map((s) => (s.key === key ? changed(s) : s)));
}

/** Takes the files that can go with the message, and says why others cannot. `most`: bytes of one, as the server says. */
export function stage(room: string, files: readonly File[], most = Infinity): void {
  const good = files.filter((f) => f.size > 0 && f.size <= most);
  const taken = good.slice(0, Math.max(0, MOST - staged(room).length));
  const empty = files.find((f) => f.size === 0);
  const large = files.find((f) => f.size > most);
  if (taken.length < good.length) toast(tn('files_most', MOST));
  else if (large) toast(t('file_large', { name: large.name, most: sizeOf(most) }));
  else if (empty) toast(t('file_empty', { name: empty.name }));
  const fresh = taken.map((file): Staged => {
    const { name, type, size } = file;
    return { key: randomHex(8), file, name, type, bytes: size, alt: '', made: null, preview: '' };
  });
  if (fresh.length === 0) return;
  setStaged(room, [...staged(room), ...fresh]);
  for (const { key, file } of fresh) work(room, key, file);
}

function work(room: string, key: string, file: File): void {
  // One that was asked for anew meanwhile counts for nothing.
  const current = (): boolean => working.get(key) === job;
  const job: Promise<void> = make(room, key, file, current).finally(() => current() && working.delete(key));
  working.set(key, job);
}

const tools = () => import('./prepare');
soon(tools);

/** A page that was just opened may lose its server before they are here; then they come when it is back. */
async function arrivedTools(wanted: () => boolean): ReturnType<typeof tools> {
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- one try after the other
    const found = await tools().catch(() => null);
    if (found || !wanted()) return found ?? tools();
    // oxlint-disable-next-line no-await-in-loop -- the same
    await new Promise((again) => setTimeout(again, AGAIN_MS));
  }
}

async function make(room: string, key: string, file: File, current: () => boolean): Promise<void> {
  const { prepared } = await arrivedTools(current);
  const plain = { blob: file as Blob, name: file.name || 'file', type: file.type, unclean: false };
  const { name, type, ...made } = await prepared(file, prefs().cleanPictures).catch(() => plain);
  if (!current() || !staged(room).some((s) => s.key === key)) return;
  const { blob, thumbnail, width, height } = made as typeof made & Partial<Bytes & { width: number; height: number }>;
  const shown = thumbnail ?? (kindOf(type) === 'picture' ? blob : null);
  const preview = shown ? remember(key, shown) : '';
  change(room, key, { name, type, bytes: blob.size, made, preview });
  const size = width && height ? { width, height } : {};
  uploads.begin(key, { name, type, ...size }, thumbnail ? { blob, thumbnail } : { blob });
}

export function describe(room: string, key: string, alt: string): void {
  change(room, key, { alt });
}

export function unstage(room: string, key: string): void {
  uploads.stop(key);
  setStaged(room, staged(room).filter((s) => s.key !== key));
}

/** Makes pictures and films anew, as one wishes it now. */
export function restage(room: string): void {
  for (const { key, file } of staged(room).filter((s) => isShot(s.file.type))) {
    uploads.stop(key);
    change(room, key, { made: null });
    work(room, key, file);
  }
}

/** One that the server did not take; with it nothing can be sent. */
const isRefused = ({ key }: Staged): boolean => uploads.journeyOf(key)?.state === 'failed';

const inOneLine = (alt: string): string => alt.replace(/\s+/g, ' ').trim();

/** What goes with a message that is being said. */
function filesOf(room: string): (Attachment & Bytes)[] {
  return staged(room).flatMap(({ key, name, type, bytes, alt, made }) => {
    if (!made) return [];
    const { blob, thumbnail, width, height } = made;
    const file: Attachment & Bytes = { key, name, type, bytes, alt: inOneLine(alt), blob };
    if (thumbnail) file.thumbnail = thumbnail;
    if (width && height) Object.assign(file, { width, height });
    return [file];
  });
}

onSay((session, room, text, replyTo, later) => {
  const files = staged(room);
  if (files.some((s) => s.made === null)) {
    void Promise.all(files.map((s) => working.get(s.key))).then(later);
    return 'wait';
  }
  if (files.some(isRefused)) return 'refused';
  const result = session.post(text, replyTo, filesOf(room));
  // They are the message's now.
  if (result === 'ok') setStaged(room, []);
  return result;
});
