import { t } from '../../i18n/t';
import type { RoomView } from '../../sync/room';
import { Dialog } from '../kit/Dialog';
import { CloseIcon } from '../kit/icons';
import { Mark } from '../kit/Mark';
import { RoomList } from '../rooms/RoomList';
import css from './Drawer.module.css';

interface Props {
  rooms: readonly RoomView[];
  current: string;
  role: string;
  onAdd(): void;
  onClose(): void;
}

/** The rooms, on a phone: slide in over the talk. */
export function RoomsDrawer({ rooms, current, role, onAdd, onClose }: Props) {
  return (
    <Dialog className={`${css.drawer} ${css.start}`} labelledBy="rooms-drawer-heading" onClose={onClose}>
      <div className={css.inside}>
        <div className={css.top}>
          <p id="rooms-drawer-heading" className={css.app}>
            <Mark /> {t('app')}
          </p>
          <button type="button" className="icon-button" onClick={onClose} aria-label={t('close')}>
            <CloseIcon />
          </button>
        </div>
        {/* The room that is open already is no new address, and yet it is where one wants to go. */}
        {/* oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions -- its links do the work */}
        <div className={css.whole} onClick={(e) => (e.target as Element).closest('a') && onClose()}>
          <RoomList rooms={rooms} current={current} role={role} onAdd={onAdd} />
        </div>
      </div>
    </Dialog>
  );
}
