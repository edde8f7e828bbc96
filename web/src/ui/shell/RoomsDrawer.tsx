import { t } from '../../i18n/t';
import { Dialog } from '../kit/Dialog';
import { CloseIcon } from '../kit/icons';
import { Sidebar } from './Sidebar';
import css from './Drawer.module.css';

/** The rooms, on a phone: slide in over the talk. */
export function RoomsDrawer({ onClose }: { onClose(): void }) {
  return (
    <Dialog className={`${css.drawer} ${css.start}`} labelledBy="rooms-drawer-heading" onClose={onClose}>
      <div className={css.inside}>
        <h2 id="rooms-drawer-heading" className="unseen">
          {t('rooms')}
        </h2>
        <button type="button" className={`icon-button ${css.shut}`} onClick={onClose} aria-label={t('close')}>
          <CloseIcon />
        </button>
        {/* The room that is open already is no new address, and yet it is where one wants to go. */}
        {/* oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions -- its links do the work */}
        <div className={css.whole} onClick={(e) => (e.target as Element).closest('a') && onClose()}>
          <Sidebar />
        </div>
      </div>
    </Dialog>
  );
}
