const FIRST_MS = 500;
const MOST_MS = 30_000;

/**
 * How long to wait before the attempt after `failures` failed ones (0 for the first). Half is fixed, so that nobody
 * hammers; half is random, so that ten thousand tabs do not come back in the same instant.
 */
export function backoff(failures: number, random: () => number = Math.random): number {
  const whole = Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(failures, 16));
  return Math.round(whole / 2 + (whole / 2) * random());
}
