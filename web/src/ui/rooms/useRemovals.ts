import { useEffect } from 'react';
import { t } from '../../i18n/t';
import { toast } from '../kit/toast';
import { useView } from '../shell/session';

/** Whoever is taken out of a room that they do not look at hears of it, too. `open`: the room that says so itself. */
export function useRemovals(open: string | null): void {
  const removed = useView((s) => s.removed);
  useEffect(() => {
    if (!removed || removed.room === open) return;
    const { title, by, reason } = removed;
    toast(`${t('removed_title', { room: title })}. ${t(reason ? 'removed_reason' : 'removed_text', { name: by, reason })}`);
    // oxlint-disable-next-line react/exhaustive-deps -- said once, when it happens
  }, [removed]);
}
