import { t } from '../../i18n/t';
import { Account } from '../account/Account';
import { Avatar } from '../kit/Avatar';
import { PenIcon } from '../kit/icons';
import { Mark } from '../kit/Mark';
import { RoomList } from '../rooms/RoomList';
import { useView } from './session';
import { show } from './surface';
import css from './Sidebar.module.css';

/** The server's name, the rooms, and oneself. */
export function Sidebar() {
  const you = useView((s) => s.you);
  return (
    <div className={css.sidebar}>
      <div className={css.brand}>
        <Mark />
        <h1 className={css.app}>{t('app')}</h1>
      </div>
      <RoomList />
      {you.id !== '' && (
        <div className={css.foot}>
          <button
            type="button"
            className={css.me}
            onClick={() => show('name', {})}
            aria-label={t('name_change', { name: you.name })}
          >
            <Avatar id={you.id} name={you.name} />
            <bdi className={css.name}>{you.name}</bdi>
            <PenIcon />
          </button>
          <Account role={you.role} />
        </div>
      )}
    </div>
  );
}
