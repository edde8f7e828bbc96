import { t, tn } from '../../i18n/t';
import { tally } from '../rooms/RoomList';
import { MenuIcon, PeopleIcon } from '../kit/icons';
import { useRoute } from './route';
import { useView } from './session';
import { show } from './surface';
import css from './Header.module.css';

/** Over a room: what it is, who is in it, and on small screens the way to the other rooms. */
export function Header() {
  const route = useRoute();
  const id = route.at === 'room' ? route.room : '';
  const room = useView((s) => s.rooms.find((r) => r.id === id) ?? null);
  const others = useView((s) => s.rooms.reduce((sum, r) => sum + (r.id === id ? 0 : r.unread), 0));
  const here = room ? room.people.count + room.people.visitors : 0;
  return (
    <header className={css.header}>
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
      <div className={css.names}>
        {room && (
          <button type="button" className={css.room} onClick={() => show('room', { room: id })} aria-haspopup="dialog">
            <span className="unseen">{t('room_about')} </span>
            <bdi className={css.title} data-title="">
              {room.name}
            </bdi>
            {room.topic && (
              <bdi className={css.topic} data-topic="">
                {room.topic}
              </bdi>
            )}
          </button>
        )}
      </div>
      <button
        type="button"
        className={css.people}
        onClick={() => show('people', {})}
        aria-haspopup="dialog"
        aria-label={tn('people_open', here)}
      >
        <PeopleIcon />
        <span aria-hidden="true">{here}</span>
      </button>
    </header>
  );
}
