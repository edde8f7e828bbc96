// A message as its reader has just made it: with the changes that are in the outbox and not yet in the log. Pure.

import { withoutReaction, withReaction } from './fold';
import type { Pending } from './outbox';
import type { Message } from './roomlog';

/** The changes under way, by the message that they are about. */
export function byTarget(items: readonly Pending[]): Map<number, Pending[]> {
  const out = new Map<number, Pending[]>();
  for (const item of items) {
    if (!('target' in item.change)) continue;
    const { target } = item.change;
    out.set(target, [...(out.get(target) ?? []), item]);
  }
  return out;
}

export function overlaid(m: Message, items: readonly Pending[] | undefined, me: string): Message {
  return (items ?? []).reduce((now, item) => (item.state === 'failed' ? now : changed(now, item, me)), m);
}

function changed(m: Message, { change, ts }: Pending, me: string): Message {
  if (m.deleted) return m;
  switch (change.op) {
    case 'edit':
      return { ...m, text: change.text, edited: ts };
    case 'delete':
      return { ...m, text: '', deleted: true, edited: null, pinned: false, reactions: [] };
    case 'pin':
    case 'unpin':
      return { ...m, pinned: change.op === 'pin' };
    case 'react':
      return reacted(m, change.emoji, me) ? m : { ...m, reactions: withReaction(m.reactions, change.emoji, me) };
    case 'unreact':
      return reacted(m, change.emoji, me) ? { ...m, reactions: withoutReaction(m.reactions, change.emoji, me) } : m;
    default:
      return m;
  }
}

export function reacted(m: Message, emoji: string, me: string): boolean {
  return m.reactions.some((r) => r.emoji === emoji && r.people.includes(me));
}
