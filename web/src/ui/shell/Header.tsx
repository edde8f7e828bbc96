import { memo, useSyncExternalStore } from 'react';
import { t, tn } from '../../i18n/t';
import type { RoomView } from '../../sync/room';
import { MenuIcon, PeopleIcon, PinIcon } from '../kit/icons';
import { SearchIcon } from '../rooms/icons';
import { setPlaces, usePlaces } from '../rooms/places';
import { RoomIcon } from '../rooms/RoomIcon';
import { RoomMenuButton } from '../rooms/RoomMenuButton';
import { tally } from '../rooms/tally';
import { usePins } from '../rooms/usePins';
import { useRoute } from './route';
import { useRoom, useView } from './session';
import { show } from './surface';
import css from './Header.module.css';

/** Over a room: what it is, what one finds in it, who is in it, and on small screens the way to the other rooms. */
export function Header() {
  const route = useRoute();
  const id = route.at === 'room' ? route.room : '';
  const room = useRoom(id);
  return (
    <header className={css.header}>
      <RoomsButton current={id} />
      {/* What the page is about is its heading. */}
      {room ? (
        <h1 className={css.names}>
          <button type="button" className={css.room} onClick={() => show('room', { room: id })} aria-haspopup="dialog">
            <span className={css.line}>
              <span className={css.icon}>
                <RoomIcon room={room} />
              </span>
              <span className="unseen">{t('room_about')} </span>
              <bdi className={css.title} data-title="">
                {room.title}
              </bdi>
            </span>
            {room.topic && (
              <bdi className={css.topic} data-topic="">
                {room.topic}
              </bdi>
            )}
          </button>
        </h1>
      ) : (
        <div className={css.names} />
      )}
      {room && <Buttons room={room} />}
    </header>
  );
}

/** The way to the rooms where they are not at the side, and whether something is new in them. */
export function RoomsButton({ current }: { current: string }) {
  const others = useView((s) => s.rooms.reduce((sum, r) => sum + (r.id === current || r.level === 'none' ? 0 : r.unread), 0));
  return (
    <button
      type="button"
      className={css.menu}
      onClick={() => show('rooms', {})}
      aria-haspopup="dialog"
      aria-label={others > 0 ? tn('rooms_menu', others, { count: tally(others) }) : t('rooms')}
    >
      <MenuIcon />
      {others > 0 && <span className={css.dot} />}
    </button>
  );
}

function Buttons({ room }: { room: RoomView }) {
  const pins = usePins(room.id);
  return (
    <>
      <a className={css.button} href={`/search?q=${encodeURIComponent(`in:${room.id} `)}`} aria-label={t('room_search')} title={t('room_search')}>
        <SearchIcon />
      </a>
      {pins.length > 0 && (
        <button
          type="button"
          className={`${css.button} ${css.pins}`}
          onClick={() => show('pins', { room: room.id })}
          aria-haspopup="dialog"
          aria-label={tn('room_pins', pins.length)}
          title={tn('room_pins', pins.length)}
        >
          <PinIcon />
          <span aria-hidden="true">{pins.length}</span>
        </button>
      )}
      <PeopleButton here={room.people.count + room.people.visitors} />
      <RoomMenuButton room={room} label={t('room_menu')} />
    </>
  );
}

/** As wide as the page has to be for a third column. */
const WIDE = '(width >= 72rem)';

const isWide = (): boolean => matchMedia(WIDE).matches;

function onWidth(changed: () => void): () => void {
  const media = matchMedia(WIDE);
  media.addEventListener('change', changed);
  return () => media.removeEventListener('change', changed);
}

/**
 * Where there is room for them the people are shown beside the talk, or not; elsewhere they slide in over it. Not drawn with
 * each message: to ask how wide the page is has its price.
 */
const PeopleButton = memo(function PeopleButton({ here }: { here: number }) {
  const { people: open } = usePlaces();
  const wide = useSyncExternalStore(onWidth, isWide, isWide);
  return (
    <button
      type="button"
      className={css.button}
      onClick={() => (wide ? setPlaces({ people: !open }) : show('people', {}))}
      aria-haspopup={wide ? undefined : 'dialog'}
      aria-expanded={wide ? open : undefined}
      aria-label={tn('people_open', here)}
      title={t('people')}
    >
      <PeopleIcon />
      <span aria-hidden="true">{here}</span>
    </button>
  );
});
