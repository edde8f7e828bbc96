const MOST = 99;

/** A number that stays small enough to be read: beyond 99 nobody asks how many. */
export const tally = (count: number): string => (count > MOST ? `${MOST}+` : String(count));
