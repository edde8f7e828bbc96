// What the rows of a history are, one after the other: who goes on speaking, what is told in one line, where a day begins.
// Pure, so that every edge can be tested without a page.

import { dayOf } from '../../i18n/time';
import type { Entry, Gap, Happening, Message, RoomLog } from '../../sync/roomlog';

/** Messages of one author this near to each other are one group. */
export const GROUP_MS = 5 * 60_000;

/** Whether it goes on in the group of what stands before it. An answer begins anew: it has a quote of its own. */
export function follows(m: Message, before: Entry | undefined): boolean {
  return (
    before?.kind === 'message' &&
    m.replyTo === null &&
    before.from.id === m.from.id &&
    before.from.name === m.from.name &&
    Math.abs(m.ts - before.ts) < GROUP_MS &&
    sameDay(before.ts, m.ts)
  );
}

export const sameDay = (a: number, b: number): boolean => dayOf(a) === dayOf(b);

const isMove = (e: Entry | undefined): e is Happening =>
  e?.kind === 'happening' && (e.what === 'joined' || e.what === 'left');

/** The room was made: its very first event. */
export const isMaking = (e: Entry | undefined): e is Happening => e?.kind === 'happening' && e.what === 'created';

/** Comings and goings in a row are told together; everything else for itself. */
export function runAt(log: RoomLog, from: number, end: number): Happening[] {
  const first = log.at(from);
  if (first?.kind !== 'happening') return [];
  const run = [first];
  for (let i = from + 1; isMove(first) && i < end; i++) {
    const next = log.at(i);
    if (!isMove(next)) break;
    run.push(next);
  }
  return run;
}

/** The last message before an index. */
export function lastSaid(log: RoomLog, before: number): Message | undefined {
  for (let i = before - 1; i >= log.base; i--) {
    const entry = log.at(i);
    if (entry?.kind === 'message') return entry;
  }
  return undefined;
}

const isOthers = (e: Entry | undefined): e is Message => e?.kind === 'message' && !e.mine && !e.deleted;

/** How many messages of others came after this seq. What is not held counts as if it were: it is not known to be less. */
export function countNew(log: RoomLog, after: number): number {
  let count = 0;
  for (let i = log.end - 1; i >= log.base; i--) {
    const entry = log.at(i);
    if (entry?.kind === 'gap') count += Math.max(0, entry.last - Math.max(after, entry.seq - 1));
    if (!entry || entry.seq <= after) break;
    if (isOthers(entry)) count++;
  }
  return count;
}

/**
 * The first message of others from this seq on: the line "new" stands before it. A gap is where it may be, and has to be
 * filled first.
 */
export function firstNew(log: RoomLog, from: number): Message | Gap | null {
  let found: Message | Gap | null = null;
  for (let i = log.end - 1; i >= log.base; i--) {
    const entry = log.at(i);
    if (!entry) break;
    if (entry.kind === 'gap' && entry.last >= from) found = entry;
    if (entry.seq < from) break;
    if (isOthers(entry)) found = entry;
  }
  return found;
}

/** The index of what stands nearest to this seq: at it, or else before it. */
export function nearest(log: RoomLog, seq: number): number {
  for (let i = log.end - 1; i > log.base; i--) {
    const entry = log.at(i);
    if (entry && entry.kind !== 'notices' && entry.seq <= seq) return i;
  }
  return log.base;
}

/** Whether the room's very first event is held, so that nothing lies before what is drawn first. */
export function isWhole(log: RoomLog): boolean {
  return log.last > 0 && log.entries.length > 0 && log.at(log.base)?.kind !== 'gap';
}

/** Nothing of the room is held yet, though there is something. */
export function isBare(log: RoomLog): boolean {
  return log.entries.length > 0 && log.entries.every((e) => e.kind === 'gap');
}
