// What the tabs of one browser tell each other. They may be of different builds of the page: an older one is kept open for
// weeks. So it is looked at like what comes from the server, and what does not fit is passed over.

import { isNumber, isObject, isSeq, isText, may } from '../proto/decode';
import type { Change } from '../proto/v1';
import type { Pending } from './outbox';
import type { Attachment } from './uploading';

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

export const isReadThere = (v: unknown): v is ReadThere => isObject(v) && isText(v.person) && isText(v.room) && isSeq(v.seq);

/** What waits in another tab, and whose it is. */
export interface WaitsThere {
  person: string;
  items: readonly unknown[];
}

export const isWaitsThere = (v: unknown): v is WaitsThere => isObject(v) && isText(v.person) && Array.isArray(v.items);

/** As much of a change as is shown before the server has it. */
function isChange(v: unknown): v is Change {
  if (!isObject(v) || !isText(v.op) || !may(v.target, isSeq) || !may(v.reply_to, isSeq)) return false;
  if (v.op === 'post' || v.op === 'edit') return isText(v.text);
  return !v.op.endsWith('react') || isText(v.emoji);
}

const isAttachment = (v: unknown): v is Attachment =>
  isObject(v) && [v.key, v.name, v.type, v.alt].every(isText) && isNumber(v.bytes) && may(v.width, isNumber) && may(v.height, isNumber);

export const isPending = (v: unknown): v is Pending =>
  isObject(v) &&
  [v.cid, v.room, v.state].every(isText) &&
  isChange(v.change) &&
  isNumber(v.ts) &&
  isNumber(v.order) &&
  may(v.error, isObject) &&
  may(v.attachments, (all) => Array.isArray(all) && all.every(isAttachment));
