import { t, tn } from '../../i18n/t';
import { PlusIcon } from '../kit/icons';
import { hrefOf, useRoute } from '../shell/route';
import { useView } from '../shell/session';
import { show } from '../shell/surface';
import css from './RoomList.module.css';

const MOST = 99;

/** A number that stays small enough to be read: beyond 99 it is not known exactly, and nobody asks. */
export const tally = (count: number): string => (count > MOST ? `${MOST}+` : String(count));

export function RoomList() {
  const rooms = useView((s) => s.rooms);
  const route = useRoute();
  const current = route.at === 'room' ? route.room : '';
  return (
      <nav className={css.nav} aria-label={t('rooms')}>
        <div className={css.top}>
          <h2 className="label">{t('rooms')}</h2>
          <button type="button" className="icon-button" onClick={() => show('browse', {})} aria-haspopup="dialog" aria-label={t('rooms_add')}>
            <PlusIcon />
          </button>
        </div>
        <ul className={css.list}>
          {rooms.map((room) => (
            <li key={room.id}>
              <a
                href={hrefOf(room.id)}
                className={room.unread > 0 ? `${css.room} ${css.unread}` : css.room}
                aria-current={room.id === current ? 'page' : undefined}
                data-room={room.name}
              >
                <bdi className={css.name} title={room.name}>
                  {room.name}
                </bdi>
                {room.unread > 0 && (
                  <>
                    <span className={css.count} aria-hidden="true">
                      {tally(room.unread)}
                    </span>
                    <span className="unseen">{tn('unread', room.unread, { count: tally(room.unread) })}</span>
                  </>
                )}
              </a>
            </li>
          ))}
        </ul>
      </nav>
  );
}
