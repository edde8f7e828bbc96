// A message as its reader has just made it: with the changes that are in the outbox and not yet in the log. Pure.

import type { From } from '../proto/v1';
import { none, type Message } from './entries';
import { tombstone, withoutReaction, withReaction } from './fold';
import type { Pending } from './outbox';

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
      return tombstone(m);
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

/** A message that is still to be sent, as it will look. Its files are shown by what is known of them here. */
export function pendingMessage({ cid, change, ts, attachments }: Pending, from: From): Message {
  const { text, reply_to: replyTo = null } = change as { text: string; reply_to?: number };
  return {
    kind: 'message',
    key: cid,
    seq: 0,
    ts,
    from,
    text,
    mine: true,
    replyTo,
    edited: null,
    deleted: false,
    pinned: false,
    reactions: none,
    files: none,
    ...(attachments ? { attachments } : {}),
    mentions: none,
    mentionsAll: false,
    asOf: 0,
  };
}
