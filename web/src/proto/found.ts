// What was looked for: the rows of lists and the hits of searches. Loaded when somebody looks for something.
//
// The rows of every list come from one table of their fields. A row without what it is named by is none; a field of the
// wrong kind is left out, as one that has no value is.

import { isObject, isSeq, isText, keptOf } from './decode';
import type { Hit, ListName, ListReply, ListRows, SearchReply } from './v1';

type Json = Record<string, unknown>;

/** Per list: what a row cannot do without, and what it may have. Texts `s`, numbers `n`, flags `f`: "name:kind". */
const FIELDS: Record<ListName, { must: string; may: string }> = {
  people: { must: 'id:s name:s role:s', may: 'display:s color:s created:n seen:n muted:f banned:f' },
  members: { must: 'id:s name:s role:s', may: 'display:s color:s host:f' },
  sessions: { must: 'id:s', may: 'device:s created:n used:n current:f' },
  invites: { must: 'id:s', may: 'by:s created:n until:n uses:n left:n role:s note:s' },
  bans: { must: 'id:s', may: 'person:s name:s address:s reason:s by:s created:n until:n' },
  mutes: { must: 'person:s name:s', may: 'until:n' },
  reports: { must: 'id:s room:s seq:n', may: 'author:s by:s reason:s created:n closed:n closed_by:s note:s' },
  audit: { must: 'id:s ts:n action:s', may: 'by:s name:s person:s room:s detail:s' },
  bots: { must: 'id:s name:s', may: 'created:n seen:n' },
  webhooks: { must: 'id:s room:s name:s', may: 'person:s by:s created:n' },
  mentions: { must: 'id:s room:s seq:n ts:n', may: 'from:s name:s' },
  pins: { must: 'seq:n', may: '' },
  files: { must: 'id:s name:s type:s bytes:n', may: 'created:n room:s seq:n' },
};

const KINDS: Record<string, string> = { s: 'string', n: 'number', f: 'boolean' };

/** What of `fields` the row has, or null when one of them is missing and must not be. */
function taken(row: Json, fields: string, must: boolean): Json | null {
  const out: Json = {};
  for (const field of fields.split(' ')) {
    const [name = '', kind = ''] = field.split(':');
    const value = row[name];
    if (typeof value === KINDS[kind]) out[name] = value;
    else if (must) return null;
  }
  return out;
}

export function listOf<W extends ListName>(body: Json, what: W): ListReply<W> | null {
  if (body.what !== what || !Array.isArray(body.rows)) return null;
  const { must, may } = FIELDS[what];
  const rows = body.rows.flatMap((row: unknown) => {
    if (typeof row !== 'object' || row === null) return [];
    const named = taken(row as Json, must, true);
    return named ? [{ ...named, ...taken(row as Json, may, false) } as unknown as ListRows[W]] : [];
  });
  return { what, rows, more: body.more === true };
}

const isMark = (v: unknown): v is [number, number] => Array.isArray(v) && v.length === 2 && v.every(isSeq);

function hitOf(v: unknown): Hit | null {
  if (!isObject(v) || !isText(v.room) || !isObject(v.event) || !isText(v.event.ev)) return null;
  const event = keptOf(v.event);
  if (event?.ev !== 'message') return null;
  return { room: v.room, event, marks: Array.isArray(v.marks) ? v.marks.filter(isMark) : [] };
}

export function searchOf(body: Json): SearchReply | null {
  if (!Array.isArray(body.hits)) return null;
  return {
    hits: body.hits.map(hitOf).filter((h) => h !== null),
    ...(isText(body.next) ? { next: body.next } : {}),
    ...(body.incomplete === true ? { incomplete: true } : {}),
  };
}
