import { useEffect } from 'react';
import { waitingIn } from '../../sync/waiting';
import { tally } from '../rooms/tally';
import { useRoute } from './route';
import { useCalled, useView } from './session';

/** The window's title says how much waits, and where one is. */
export function useTitle(): void {
  const route = useRoute();
  const at = route.at === 'room' ? route.room : null;
  const room = useView((s) => s.rooms.find((r) => r.id === at)?.title ?? '');
  const called = useCalled();
  const count = useView((s) => {
    const { loud, quiet } = waitingIn(s.rooms);
    return loud + quiet;
  });
  useEffect(() => {
    const place = room === '' ? called : `${room} · ${called}`;
    document.title = count > 0 ? `(${tally(count)}) ${place}` : place;
  }, [room, called, count]);
}
