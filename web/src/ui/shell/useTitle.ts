import { useEffect } from 'react';
import { t } from '../../i18n/t';
import { tally } from '../rooms/RoomList';
import { useView } from './session';

/** The window's title says how much is unread. */
export function useTitle(): void {
  const unread = useView((s) => s.rooms.reduce((sum, r) => sum + r.unread, 0));
  useEffect(() => {
    document.title = unread > 0 ? `(${tally(unread)}) ${t('title')}` : t('title');
  }, [unread]);
}
