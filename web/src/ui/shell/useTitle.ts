import { useEffect } from 'react';
import { t } from '../../i18n/t';
import { waitingIn } from '../../sync/waiting';
import { tally } from '../rooms/tally';
import { useRoute } from './route';
import { useView } from './session';

/** The window's title says how much waits, and where one is. */
export function useTitle(): void {
  const route = useRoute();
  const at = route.at === 'room' ? route.room : null;
  const room = useView((s) => s.rooms.find((r) => r.id === at)?.title ?? '');
  const count = useView((s) => {
    const { loud, quiet } = waitingIn(s.rooms);
    return loud + quiet;
  });
  useEffect(() => {
    const place = room === '' ? t('title') : `${room} · ${t('title')}`;
    document.title = count > 0 ? `(${tally(count)}) ${place}` : place;
  }, [room, count]);
}
