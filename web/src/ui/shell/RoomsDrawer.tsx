import type { MouseEvent } from 'react';
import { t } from '../../i18n/t';
import { Dialog } from '../kit/Dialog';
import { CloseIcon } from '../kit/icons';
import { go } from './route';
import { Sidebar } from './Sidebar';
import { forgetDrawer, useBackCloses } from './useBackCloses';
import css from './Drawer.module.css';

/** The rooms, on a phone: slide in over the talk. */
export function RoomsDrawer({ onClose }: { onClose(): void }) {
  useBackCloses(onClose);
  const onClick = (e: MouseEvent) => {
    const link = (e.target as Element).closest('a');
    if (!link || e.metaKey || e.ctrlKey || e.shiftKey) return;
    // The room that is open already is no new address, and yet it is where one wants to go.
    e.preventDefault();
    forgetDrawer();
    go(link.pathname + link.search, true);
    onClose();
  };
  return (
    <Dialog className={`${css.drawer} ${css.start}`} labelledBy="rooms-drawer-heading" onClose={onClose}>
      <div className={css.inside}>
        <h2 id="rooms-drawer-heading" className="unseen">
          {t('rooms')}
        </h2>
        <button type="button" className={`icon-button ${css.shut}`} onClick={onClose} aria-label={t('close')}>
          <CloseIcon />
        </button>
        {/* oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions -- its links do the work */}
        <div className={css.whole} onClick={onClick}>
          <Sidebar />
        </div>
      </div>
    </Dialog>
  );
}
