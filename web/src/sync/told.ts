// What the tabs of one browser tell each other. They may be of different builds of the page: an older one is kept open for
// weeks. So it is looked at like what comes from the server, and what does not fit is passed over.

import { fits, isNumber, isObject, isPlace, isSent, isText, may } from '../proto/decode';
import type { Pending } from './outbox';

export interface Told {
  from: string;
  topic: string;
  data: unknown;
}

export const isTold = (v: unknown): v is Told => isObject(v) && isText(v.from) && isText(v.topic);

/** Somebody has read a room that far. */
export interface ReadThere {
  person: string;
  room: string;
  seq: number;
}

export const isReadThere = (v: unknown): v is ReadThere => isObject(v) && isText(v.person) && isPlace(v);

/** What waits in another tab, and whose it is. */
export interface WaitsThere {
  person: string;
  items: readonly unknown[];
}

export const isWaitsThere = (v: unknown): v is WaitsThere => isObject(v) && isText(v.person) && Array.isArray(v.items);

/** A file that is still to be sent has another name for what it goes by. */
const isAttachment = (v: unknown): boolean => isObject(v) && isSent({ ...v, id: v.key });

/** Something that is to be sent is what it will be when the server tells it; its files have no more than an id yet. */
export const isPending = (v: unknown): v is Pending =>
  isObject(v) &&
  [v.cid, v.room].every(isText) &&
  [v.ts, v.order].every(isNumber) &&
  isObject(v.change) &&
  fits({ ...v.change, ev: v.change.op === 'post' ? 'message' : v.change.op, files: [] }) &&
  may(v.attachments, (all) => Array.isArray(all) && all.every(isAttachment));
