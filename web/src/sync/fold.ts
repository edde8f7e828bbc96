// What edits, deletions, reactions and pins make of a message. Pure, and the same for events that come live and for those
// that a page of history has to catch up with.

import type { FoldEvent, MessageEvent, Reaction, RoomEvent } from '../proto/v1';
import type { Message } from './roomlog';

/** An event that changes a message. */
export type Folds = FoldEvent | Extract<RoomEvent, { ev: 'pin' | 'unpin' }>;

/** As many people as a page names for one reaction; the count is the true number. */
const PEOPLE_MOST = 20;

const none: readonly Reaction[] = [];

/** A message as the event says it is; true for the seq `asOf`. */
export function messageOf(event: MessageEvent, key: string, mine: boolean, asOf: number): Message {
  const deleted = event.deleted === true;
  return {
    kind: 'message',
    key,
    seq: event.seq,
    ts: event.ts,
    from: event.from,
    text: deleted ? '' : (event.text ?? ''),
    mine,
    replyTo: event.reply_to ?? null,
    edited: deleted ? null : (event.edited ?? null),
    deleted,
    pinned: !deleted && event.pinned === true,
    reactions: deleted ? none : (event.reactions ?? none),
    asOf,
  };
}

export function folded(m: Message, event: Folds): Message {
  if (event.seq <= m.asOf || m.deleted) return m;
  switch (event.ev) {
    case 'edit':
      // Read again after the message was deleted: there is no text any more.
      return event.deleted ? tombstone(m) : { ...m, text: event.text ?? '', edited: event.ts };
    case 'delete':
      return tombstone(m);
    case 'pin':
    case 'unpin':
      return { ...m, pinned: event.ev === 'pin' };
    case 'react':
      return { ...m, reactions: withReaction(m.reactions, event.emoji, event.from.id) };
    case 'unreact':
      return { ...m, reactions: withoutReaction(m.reactions, event.emoji, event.from.id) };
  }
}

function tombstone(m: Message): Message {
  return { ...m, text: '', edited: null, deleted: true, pinned: false, reactions: none };
}

export function withReaction(all: readonly Reaction[], emoji: string, person: string): readonly Reaction[] {
  const known = all.find((r) => r.emoji === emoji);
  if (!known) return [...all, { emoji, count: 1, people: [person] }];
  const people = known.people.length < PEOPLE_MOST ? [...known.people, person] : known.people;
  return all.map((r) => (r === known ? { emoji, count: r.count + 1, people } : r));
}

export function withoutReaction(all: readonly Reaction[], emoji: string, person: string): readonly Reaction[] {
  return all
    .map((r) => (r.emoji === emoji ? { emoji, count: r.count - 1, people: r.people.filter((p) => p !== person) } : r))
    .filter((r) => r.count > 0);
}
