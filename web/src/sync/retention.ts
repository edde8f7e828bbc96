// A room may keep what is said for so many days. The server then erases it without a word, so whoever holds some of it has
// to count the days, too.

import type { RoomInfo } from '../proto/v1';

const DAY_MS = 86_400_000;
/** The server erases step by step; what it has not come to yet would only be read again. */
const LATE_MS = 120_000;

/** How often it is looked whether something has grown too old. */
export const AGES_MS = 60_000;

/** What was said in the room before is gone; 0: nothing is. */
export function keptFrom({ retention_days: days = 0 }: RoomInfo): number {
  return days > 0 ? Date.now() - days * DAY_MS - LATE_MS : 0;
}
