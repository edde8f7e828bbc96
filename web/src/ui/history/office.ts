// What was done to a room or to who is what in it, as the sentences that tell it: the unfilled text, and what goes into it.

import { locale } from '../../i18n/t';
import type { Settings } from '../../proto/v1';
import type { Happening } from '../../sync/roomlog';
import { raw, t, tn } from './officeWords';

export interface Told {
  text: string;
  /** Names and the like, which are set apart from our words. */
  parts: Record<string, string>;
}

/** One thing that happened; several sentences where several settings changed at once. */
export function tell(h: Happening): Told[] {
  const name = h.from.name;
  const person = h.person?.name ?? '';
  switch (h.what) {
    case 'created':
      return [{ text: raw('created_direct'), parts: { name } }];
    case 'named':
      return [{ text: raw('room_named'), parts: { name, room: h.text } }];
    case 'added':
      return [{ text: raw('person_added'), parts: { name, person } }];
    case 'removed':
      return [{ text: raw(h.text ? 'person_removed_why' : 'person_removed'), parts: { name, person, reason: h.text } }];
    case 'host':
    case 'unhost':
      return [{ text: raw(h.what === 'host' ? 'host_made' : 'host_ended'), parts: { name, person } }];
    case 'settings':
      return settings(h.settings ?? {}).map((text) => ({ text, parts: { name } }));
    default:
      return [];
  }
}

function settings({ kind, guests, default: open, archived, slow_ms, retention_days: days }: Partial<Settings>): string[] {
  const out: string[] = [];
  if (kind === 'public') out.push(raw('set_public'));
  if (kind === 'private') out.push(raw('set_private'));
  if (kind === 'announcement') out.push(raw('set_announcement'));
  if (guests !== undefined) out.push(raw(guests ? 'set_guests' : 'set_no_guests'));
  if (open !== undefined) out.push(raw(open ? 'set_default' : 'set_no_default'));
  if (archived !== undefined) out.push(raw(archived ? 'set_archived' : 'set_unarchived'));
  if (slow_ms !== undefined) out.push(slow_ms > 0 ? t('set_slow', { name: '{name}', time: duration(slow_ms) }) : raw('set_not_slow'));
  if (days !== undefined) out.push(days > 0 ? tn('set_retention', days, { name: '{name}' }) : raw('set_no_retention'));
  return out;
}

/** In the largest unit that leaves a whole number. */
export function duration(ms: number): string {
  const [unit, size] = ms % 3_600_000 === 0 ? (['hour', 3_600_000] as const) : ms % 60_000 === 0 ? (['minute', 60_000] as const) : (['second', 1000] as const);
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(Math.ceil(ms / size));
}
