// Another tab of this browser may have signed in meanwhile, or have made an account of the guest who was here: then there is
// nothing to sign in to any more.

import { useEffect } from 'react';
import { isSignedIn } from '../../sync/account';

/** `out`: this tab's own session has ended. The address stays, and with it the place where one was. */
export function useSignedInElsewhere(out: boolean): void {
  useEffect(() => {
    if (!out) return undefined;
    const look = async () => {
      if (await isSignedIn()) location.reload();
    };
    const back = () => void look();
    window.addEventListener('focus', back);
    return () => window.removeEventListener('focus', back);
  }, [out]);
}
