// The files on their way to the server: a few at once, in the order in which they were chosen. They set out while one
// still types; once their message is said, the outbox waits for them. What fails for the moment (no connection, too many
// at once) is tried again by itself, what the server does not want is shown. Who carries them is handed in.

import type { FileHead, Transfer } from '../net/upload';
import type { ErrorBody } from '../proto/v1';
import type { Attachment, Bytes, UploadHost, Uploader } from './uploading';
import type { Pending } from './outbox';

export interface Carrier {
  send(head: FileHead, bytes: Blob, onPart: (part: number) => void): Transfer;
  sendThumbnail(id: string, bytes: Blob): Transfer;
  /** The server may forget a file that is in no message. */
  discard(id: string): void;
  /** A file of this browser's bears this id from now on. */
  there(key: string, id: string): void;
}

/** How it stands with one file. Replaced when it changes, never changed. */
export interface Journey {
  state: 'waiting' | 'sending' | 'there' | 'failed';
  /** How much of it has gone, from 0 to 1. */
  part: number;
  id?: string;
  error?: ErrorBody;
}

interface Job {
  key: string;
  head: FileHead;
  /** Null while they are sought on the shelf. */
  bytes: Bytes | null;
  now: Journey;
  /** The message that waits for it, once it was said. */
  cid: string | null;
  tries: number;
  timer?: ReturnType<typeof setTimeout> | undefined;
  transfer?: Transfer | undefined;
}

/** The server takes four of a person; another tab may be sending, too. */
const AT_ONCE = 2;
const RETRY_MS = 1000;
const RETRY_MOST_MS = 30_000;
const PASSING = new Set(['closed', 'rate_limited', 'busy', 'disk_full', 'stopping', 'http_502', 'http_503', 'http_504']);

const waiting: Journey = { state: 'waiting', part: 0 };
const lost: ErrorBody = { code: 'file_lost', message: '' };

export class Uploads implements Uploader {
  private host: UploadHost | null = null;
  /** In the order in which they go. */
  private jobs = new Map<string, Job>();
  private listeners = new Set<() => void>();

  constructor(private readonly carrier: Carrier) {}

  /** The outbox that waits for what is said. */
  join = (host: UploadHost): Uploader => {
    this.host = host;
    return this;
  };

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  /** Null: nothing is known of it (any more). */
  journeyOf(key: string): Journey | null {
    return this.jobs.get(key)?.now ?? null;
  }

  progressOf(key: string): number {
    return this.jobs.get(key)?.now.part ?? 0;
  }

  /** What is to be sent of a message that waits; null: this browser has lost it. */
  async bytesOf(key: string): Promise<Bytes | null> {
    return this.jobs.get(key)?.bytes ?? (await this.host?.bytesOf(key)) ?? null;
  }

  /** A file that was chosen sets out. */
  begin(key: string, head: FileHead, bytes: Bytes): void {
    this.jobs.set(key, { key, head, bytes, now: waiting, cid: null, tries: 0 });
    this.told();
    this.pump();
  }

  /** It is not wanted any more. */
  stop(key: string): void {
    const job = this.jobs.get(key);
    if (!job) return;
    this.jobs.delete(key);
    clearTimeout(job.timer);
    job.transfer?.stop();
    if (job.now.id !== undefined) this.carrier.discard(job.now.id);
    this.told();
    this.pump();
  }

  /** One that failed is tried again. */
  again(key: string): void {
    const job = this.jobs.get(key);
    if (job?.now.state !== 'failed') return;
    this.anew(job);
    this.pump();
  }

  /** The network may be back: what waits for it need not wait longer. */
  hurry(): void {
    for (const job of this.jobs.values()) if (job.timer !== undefined && job.now.error?.code === 'closed') this.anew(job);
    this.pump();
  }

  upload(item: Pending): void {
    for (const file of item.attachments ?? []) if (file.id === undefined) this.awaited(item.cid, file);
    this.pump();
  }

  cancel(cid: string): void {
    for (const job of this.jobs.values()) if (job.cid === cid) this.stop(job.key);
  }

  /** Its message was said. It may be under way, or even there. */
  private awaited(cid: string, { key, name, type, width, height }: Attachment): void {
    const size = width && height ? { width, height } : {};
    const known = this.jobs.get(key);
    const job: Job = known ?? { key, head: { name, type, ...size }, bytes: null, now: waiting, cid, tries: 0 };
    job.cid = cid;
    this.jobs.set(key, job);
    if (!job.bytes) void this.seek(job);
    if (job.now.state === 'there') return this.arrived(job);
    // Said again: the way is free again.
    if (job.now.state === 'failed' || job.timer !== undefined) this.anew(job);
  }

  private anew(job: Job): void {
    clearTimeout(job.timer);
    job.timer = undefined;
    job.tries = 0;
    this.set(job, waiting);
  }

  private async seek(job: Job): Promise<void> {
    const bytes = (await this.host?.bytesOf(job.key)) ?? null;
    if (this.jobs.get(job.key) !== job) return;
    if (bytes) job.bytes = bytes;
    else this.failed(job, lost);
    this.pump();
  }

  private pump(): void {
    const all = [...this.jobs.values()];
    let free = AT_ONCE - all.filter((j) => j.now.state === 'sending').length;
    for (const job of all) {
      if (free <= 0) return;
      if (job.now.state !== 'waiting' || job.timer !== undefined || !job.bytes) continue;
      free--;
      void this.carry(job, job.bytes);
    }
  }

  private async carry(job: Job, { blob, thumbnail }: Bytes): Promise<void> {
    const here = (): boolean => this.jobs.get(job.key) === job;
    this.set(job, { state: 'sending', part: 0 });
    const transfer = this.carrier.send(job.head, blob, (part) => here() && this.set(job, { state: 'sending', part }));
    job.transfer = transfer;
    const sent = await transfer.done;
    if (!here()) {
      if ('id' in sent) this.carrier.discard(sent.id);
      return;
    }
    if ('error' in sent) this.refused(job, sent.error);
    else {
      if (thumbnail) {
        job.transfer = this.carrier.sendThumbnail(sent.id, thumbnail);
        // Without it the picture itself is shown.
        await job.transfer.done;
        if (!here()) return this.carrier.discard(sent.id);
      }
      this.set(job, { state: 'there', part: 1, id: sent.id });
      this.arrived(job);
    }
    this.pump();
  }

  /** Whoever waits for it need not any more. */
  private arrived(job: Job): void {
    if (job.cid === null || job.now.id === undefined) return;
    this.jobs.delete(job.key);
    this.carrier.there(job.key, job.now.id);
    this.host?.done(job.cid, job.key, job.now.id);
    this.told();
  }

  private refused(job: Job, error: ErrorBody): void {
    if (!PASSING.has(error.code)) return this.failed(job, error);
    const wait = Math.min(error.retry_ms ?? RETRY_MS * 2 ** job.tries++, RETRY_MOST_MS);
    job.timer = setTimeout(() => {
      job.timer = undefined;
      this.pump();
    }, wait);
    return this.set(job, { ...waiting, error });
  }

  private failed(job: Job, error: ErrorBody): void {
    this.set(job, { state: 'failed', part: 0, error });
    if (job.cid !== null) this.host?.failed(job.cid, error);
  }

  private set(job: Job, now: Journey): void {
    job.now = now;
    this.told();
  }

  private told(): void {
    for (const listener of this.listeners) listener();
  }
}
