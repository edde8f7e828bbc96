import { reasonOf, t } from '../../i18n/t';
import { toast } from '../kit/toast';
import { useSession } from '../shell/session';

/** Ends the session of this browser; nothing of the person is left in it. */
export function useSignOut(): () => void {
  const session = useSession();
  const leave = async () => {
    // Seldom needed. Without a network neither this part nor the end of the session can be had.
    const traces = await import('./traces').catch(() => null);
    const result = await session.signOut();
    if ('error' in result) return toast(t('did_not_work', { reason: reasonOf(result.error) }));
    traces?.forgetTraces();
    return location.replace('/join');
  };
  return () => void leave();
}
