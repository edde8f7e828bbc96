import { t } from '../../i18n/t';
import { Account } from '../account/Account';
import { Mark } from '../kit/Mark';
import { RoomList } from '../rooms/RoomList';
import { JumpButton } from '../switcher/JumpButton';
import css from './Sidebar.module.css';

/** The server's name, the rooms, and oneself. */
export function Sidebar() {
  return (
    <section className={css.sidebar} aria-label={t('app')}>
      <div className={css.brand}>
        <Mark />
        <p className={css.app}>{t('app')}</p>
      </div>
      <JumpButton />
      <RoomList />
      <Account />
    </section>
  );
}
