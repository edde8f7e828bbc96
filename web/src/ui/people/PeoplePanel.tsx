import { Suspense } from 'react';
import { t } from '../../i18n/t';
import { nobody } from '../../sync/people';
import { usePlaces } from '../rooms/places';
import { later, unhurried } from '../kit/lazy';
import { useView } from '../shell/session';
import css from './PeoplePanel.module.css';

const People = later(unhurried(() => import('./People')));

/** Who is here, beside the talk where there is room for it and one wants it. */
export function PeoplePanel() {
  const room = useView((s) => s.room?.id ?? '');
  const people = useView((s) => s.room?.people ?? nobody);
  const { people: wanted } = usePlaces();
  if (!wanted) return null;
  return (
    <aside className={css.panel} aria-labelledby="people-heading">
      <h2 id="people-heading" className={css.heading}>
        {t('people')} <span className="tally">{people.count + people.visitors}</span>
      </h2>
      {/* Scrolls when many are here, so it must be reachable by keyboard. */}
      <div className={css.scroll} tabIndex={0} role="region" aria-labelledby="people-heading">
        <Suspense fallback={null}>
          <People key={room} room={room} people={people} />
        </Suspense>
      </div>
    </aside>
  );
}
