import { Account } from '../account/Account';
import { Mark } from '../kit/Mark';
import { RoomList } from '../rooms/RoomList';
import { useCalled } from '../shell/session';
import { JumpButton } from '../switcher/JumpButton';
import css from './Sidebar.module.css';

/** What the community is called, the rooms, and oneself. */
export function Sidebar() {
  const called = useCalled();
  return (
    <section className={css.sidebar} aria-label={called}>
      <div className={css.brand}>
        <Mark />
        <p className={css.app} dir="auto" title={called}>
          {called}
        </p>
      </div>
      <JumpButton />
      <RoomList />
      <Account />
    </section>
  );
}
