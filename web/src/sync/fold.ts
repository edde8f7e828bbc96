// What edits, deletions, reactions and pins make of a message. Pure, and the same for events that come live and for those
// that a page of history has to catch up with.

import type { FoldEvent, Reaction, RoomEvent } from '../proto/v1';
import { none, type Message } from './entries';

/** An event that changes a message. */
export type Folds = FoldEvent | Extract<RoomEvent, { ev: 'pin' | 'unpin' }>;

/** As many people as a page names for one reaction; the count is the true number. */
const PEOPLE_MOST = 20;

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

/** Where the message was: nothing of what it said is left. */
export function tombstone(m: Message): Message {
  const nothing = { text: '', edited: null, pinned: false, reactions: none, files: none, mentions: none };
  return { ...m, ...nothing, mentionsAll: false, deleted: true };
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
