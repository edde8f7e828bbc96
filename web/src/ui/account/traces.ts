import { keep } from '../shell/browser';

/** Where it is kept whose account this browser was last signed in to. */
export const ACCOUNT = 'account';

/** What this browser knows of a person besides what the session forgets: what they looked for, liked, were changing. */
export function forgetTraces(): void {
  for (const key of ['places', 'emoji.recent', ACCOUNT]) keep.set(key, '');
  try {
    sessionStorage.clear();
  } catch {
    // There is nothing to clear where it is forbidden.
  }
}
