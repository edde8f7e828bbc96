// The queue of uploads, with a carrier that does as told.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FileHead, Sent } from '../../src/net/upload';
import type { ErrorBody } from '../../src/proto/v1';
import type { Pending } from '../../src/sync/outbox';
import { Uploads, type Carrier } from '../../src/sync/uploads';
import type { Bytes } from '../../src/sync/uploading';

interface Sending {
  head: FileHead;
  part(part: number): void;
  end(sent: Sent): void;
  stopped: boolean;
}

class FakeCarrier implements Carrier {
  sendings: Sending[] = [];
  thumbnails: string[] = [];
  discarded: string[] = [];
  renamed: string[] = [];

  send(head: FileHead, _: Blob, part: (part: number) => void) {
    let answer: (sent: Sent) => void = () => {};
    const done = new Promise<Sent>((tell) => (answer = tell));
    const sending: Sending = { head, part, end: answer, stopped: false };
    this.sendings.push(sending);
    const stop = () => {
      sending.stopped = true;
      answer({ error: { code: 'stopped', message: '' } });
    };
    return { done, stop };
  }

  sendThumbnail(id: string) {
    this.thumbnails.push(id);
    return { done: Promise.resolve({ id: '' }), stop() {} };
  }

  discard(id: string): void {
    this.discarded.push(id);
  }

  there(key: string, id: string): void {
    this.renamed.push(`${key}=${id}`);
  }

  get names(): string[] {
    return this.sendings.map((s) => s.head.name);
  }
}

const bytes = (thumbnail = false): Bytes => {
  const blob = new Blob(['x']);
  return thumbnail ? { blob, thumbnail: blob } : { blob };
};
const head = (name: string): FileHead => ({ name, type: 'text/plain' });
const error = (code: string, retry_ms?: number): { error: ErrorBody } => ({
  error: { code, message: '', ...(retry_ms ? { retry_ms } : {}) },
});

const item = (cid: string, ...keys: string[]): Pending => ({
  cid,
  room: 'lobby',
  change: { op: 'post', text: '' },
  ts: 1,
  order: 1,
  state: 'uploading',
  attachments: keys.map((key) => ({ key, name: key, type: 'text/plain', bytes: 1, alt: '' })),
});

let carrier: FakeCarrier;
let uploads: Uploads;
let told: string[];
let shelf: Map<string, Bytes>;

beforeEach(() => {
  vi.useFakeTimers();
  carrier = new FakeCarrier();
  uploads = new Uploads(carrier);
  told = [];
  shelf = new Map();
  uploads.join({
    bytesOf: (key) => Promise.resolve(shelf.get(key) ?? null),
    done: (cid, key, id) => void told.push(`done ${cid} ${key} ${id}`),
    failed: (cid, { code }) => void told.push(`failed ${cid} ${code}`),
    changed: () => {},
  });
});
afterEach(() => vi.useRealTimers());

const settle = () => vi.advanceTimersByTimeAsync(0);

async function end(index: number, sent: Sent): Promise<void> {
  carrier.sendings[index]?.end(sent);
  await settle();
}

describe('while one still types', () => {
  it('sends two at once, in the order in which they were chosen', async () => {
    for (const key of ['a', 'b', 'c']) uploads.begin(key, head(key), bytes());
    expect(carrier.names).toEqual(['a', 'b']);
    await end(1, { id: '2' });
    expect(carrier.names).toEqual(['a', 'b', 'c']);
    expect(uploads.journeyOf('b')).toEqual({ state: 'there', part: 1, id: '2' });
  });

  it('tells how far it is', () => {
    const heard = vi.fn();
    uploads.subscribe(heard);
    uploads.begin('a', head('a'), bytes());
    heard.mockClear();
    carrier.sendings[0]?.part(0.25);
    expect(uploads.progressOf('a')).toBe(0.25);
    expect(heard).toHaveBeenCalledTimes(1);
  });

  it('sends the thumbnail before it is done', async () => {
    uploads.begin('a', head('a'), bytes(true));
    await end(0, { id: '7' });
    expect(carrier.thumbnails).toEqual(['7']);
    expect(uploads.journeyOf('a')?.state).toBe('there');
  });

  it('stops what is not wanted, also what has arrived', async () => {
    uploads.begin('a', head('a'), bytes());
    uploads.begin('b', head('b'), bytes());
    await end(1, { id: '2' });
    uploads.stop('a');
    uploads.stop('b');
    await settle();
    expect(carrier.sendings[0]?.stopped).toBe(true);
    expect(carrier.discarded).toEqual(['2']);
    expect(uploads.journeyOf('a')).toBeNull();
  });

  it('discards what arrives although it was stopped', async () => {
    uploads.begin('a', head('a'), bytes());
    const sending = carrier.sendings[0] as Sending;
    const { end: answer } = sending;
    // The answer was under way already when it was stopped.
    answer({ id: '9' });
    uploads.stop('a');
    await settle();
    expect(carrier.discarded).toEqual(['9']);
  });
});

describe('what goes wrong', () => {
  it('tries again by itself what passes, later each time', async () => {
    uploads.begin('a', head('a'), bytes());
    await end(0, error('closed'));
    expect(uploads.journeyOf('a')).toMatchObject({ state: 'waiting', error: { code: 'closed' } });
    await vi.advanceTimersByTimeAsync(999);
    expect(carrier.sendings).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(carrier.sendings).toHaveLength(2);
    await end(1, error('closed'));
    await vi.advanceTimersByTimeAsync(1999);
    expect(carrier.sendings).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1);
    expect(carrier.sendings).toHaveLength(3);
  });

  it('waits as long as the server says', async () => {
    uploads.begin('a', head('a'), bytes());
    await end(0, error('rate_limited', 5000));
    await vi.advanceTimersByTimeAsync(4999);
    expect(carrier.sendings).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(carrier.sendings).toHaveLength(2);
  });

  it('hurries when the network is back, but not against the server', async () => {
    uploads.begin('a', head('a'), bytes());
    uploads.begin('b', head('b'), bytes());
    await end(0, error('closed'));
    await end(1, error('busy', 60_000));
    uploads.hurry();
    expect(carrier.names).toEqual(['a', 'b', 'a']);
  });

  it('lets others go while one waits', async () => {
    for (const key of ['a', 'b', 'c']) uploads.begin(key, head(key), bytes());
    await end(0, error('busy', 60_000));
    expect(carrier.names).toEqual(['a', 'b', 'c']);
  });

  it('shows what the server does not want, until it is to be tried again', async () => {
    uploads.begin('a', head('a'), bytes());
    await end(0, error('too_large'));
    await vi.advanceTimersByTimeAsync(120_000);
    expect(uploads.journeyOf('a')).toMatchObject({ state: 'failed', error: { code: 'too_large' } });
    expect(carrier.sendings).toHaveLength(1);
    uploads.again('a');
    expect(carrier.sendings).toHaveLength(2);
  });
});

describe('for a message', () => {
  it('hands over what has arrived already', async () => {
    uploads.begin('a', head('a'), bytes());
    await end(0, { id: '1' });
    uploads.upload(item('m', 'a'));
    expect(told).toEqual(['done m a 1']);
    expect(carrier.renamed).toEqual(['a=1']);
    expect(uploads.journeyOf('a')).toBeNull();
  });

  it('goes on with what is under way, and sends it once', async () => {
    uploads.begin('a', head('a'), bytes());
    uploads.upload(item('m', 'a'));
    uploads.upload(item('m', 'a'));
    await settle();
    expect(carrier.sendings).toHaveLength(1);
    await end(0, { id: '1' });
    expect(told).toEqual(['done m a 1']);
  });

  it('takes the bytes from the shelf after a reload', async () => {
    shelf.set('a', bytes(true));
    uploads.upload(item('m', 'a'));
    await settle();
    await end(0, { id: '1' });
    expect(carrier.thumbnails).toEqual(['1']);
    expect(told).toEqual(['done m a 1']);
  });

  it('fails when the browser has lost them, and seeks them again', async () => {
    uploads.upload(item('m', 'a'));
    await settle();
    expect(told).toEqual(['failed m file_lost']);
    shelf.set('a', bytes());
    uploads.upload(item('m', 'a'));
    await settle();
    await end(0, { id: '1' });
    expect(told.at(-1)).toBe('done m a 1');
  });

  it('fails with the file that the server refuses, and tries again when told', async () => {
    uploads.begin('a', head('a'), bytes());
    uploads.upload(item('m', 'a'));
    await end(0, error('quota'));
    expect(told).toEqual(['failed m quota']);
    uploads.upload(item('m', 'a'));
    await end(1, { id: '1' });
    expect(told.at(-1)).toBe('done m a 1');
  });

  it('does not wait longer when the way is free again', async () => {
    uploads.begin('a', head('a'), bytes());
    uploads.upload(item('m', 'a'));
    await end(0, error('closed'));
    uploads.upload(item('m', 'a'));
    expect(carrier.sendings).toHaveLength(2);
    // The old wait is over, too: it does not send a second time.
    await vi.advanceTimersByTimeAsync(60_000);
    expect(carrier.sendings).toHaveLength(2);
  });

  it('leaves alone what was given up', async () => {
    uploads.begin('a', head('a'), bytes());
    uploads.begin('b', head('b'), bytes());
    uploads.upload(item('m', 'a'));
    uploads.cancel('m');
    await settle();
    expect(carrier.sendings.map((s) => s.stopped)).toEqual([true, false]);
    await end(1, { id: '2' });
    expect(told).toEqual([]);
    expect(uploads.journeyOf('b')?.state).toBe('there');
  });
});
