import { t } from '../../i18n/t';
import { nobody } from '../../sync/people';
import { Dialog } from '../kit/Dialog';
import { CloseIcon } from '../kit/icons';
import { People } from '../people/People';
import { useView } from './session';
import { useBackCloses } from './useBackCloses';
import panel from '../people/PeoplePanel.module.css';
import css from './Drawer.module.css';

/** Who is here, on a phone: slides in over the talk. */
export function PeopleDrawer({ onClose }: { onClose(): void }) {
  useBackCloses(onClose);
  const people = useView((s) => s.room?.people ?? nobody);
  const room = useView((s) => s.room?.id ?? '');
  return (
    <Dialog className={`${css.drawer} ${css.end}`} labelledBy="drawer-heading" onClose={onClose}>
      <div className={css.inside}>
        <div className={css.top}>
          <h2 id="drawer-heading" className={panel.heading}>
            {t('people')} <span className="tally">{people.count + people.visitors}</span>
          </h2>
          <button type="button" className="icon-button" onClick={onClose} aria-label={t('close')}>
            <CloseIcon />
          </button>
        </div>
        <div className={css.scroll} tabIndex={0} role="region" aria-labelledby="drawer-heading">
          <People room={room} people={people} />
        </div>
      </div>
    </Dialog>
  );
}
