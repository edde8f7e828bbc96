import { t, tn } from '../../i18n/t';
import type { People } from '../../sync/people';
import type { RoomView } from '../../sync/room';
import { Avatar } from '../kit/Avatar';
import { MenuIcon, PenIcon, PeopleIcon } from '../kit/icons';
import { Mark } from '../kit/Mark';
import css from './Header.module.css';

interface Props {
  you: { id: string; name: string };
  room: RoomView | null;
  people: People;
  /** In the other rooms. */
  unread: number;
  onName(): void;
  onPeople(): void;
  onRooms(): void;
  onRoom(): void;
}

export function Header({ you, room, people, unread, onName, onPeople, onRooms, onRoom }: Props) {
  const here = people.count + people.visitors;
  return (
    <header className={css.header}>
      <button
        type="button"
        className={css.menu}
        onClick={onRooms}
        aria-haspopup="dialog"
        aria-label={unread > 0 ? tn('rooms_menu', unread) : t('rooms')}
      >
        <MenuIcon />
        {unread > 0 && <span className={css.dot} />}
      </button>
      <div className={css.brand}>
        <Mark />
        <h1 className={css.app}>{t('app')}</h1>
      </div>
      <div className={css.names}>
        {room && (
          <button
            type="button"
            className={css.room}
            onClick={onRoom}
            aria-haspopup="dialog"
          >
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
        onClick={onPeople}
        aria-haspopup="dialog"
        aria-label={tn('people_open', here)}
      >
        <PeopleIcon />
        <span aria-hidden="true">{here}</span>
      </button>
      {you.id !== '' && (
        <button type="button" className={css.me} onClick={onName} aria-label={t('name_change', { name: you.name })}>
          <Avatar id={you.id} name={you.name} />
          <bdi className={css.name}>{you.name}</bdi>
          <span className={css.pen}>
            <PenIcon />
          </span>
        </button>
      )}
    </header>
  );
}
