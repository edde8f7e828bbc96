import { t } from '../../i18n/t';
import { nobody } from '../../sync/people';
import { useView } from '../shell/session';
import { People } from './People';
import css from './PeoplePanel.module.css';

/** Who is here, beside the talk where there is room for it. */
export function PeoplePanel() {
  const people = useView((s) => s.room?.people ?? nobody);
  const youId = useView((s) => s.you.id);
  return (
    <aside className={css.panel} aria-labelledby="people-heading">
      <h2 id="people-heading" className="label">
        {t('people')} <span className="tally">{people.count + people.visitors}</span>
      </h2>
      {/* Scrolls when many are here, so it must be reachable by keyboard. */}
      <div className={css.scroll} tabIndex={0} role="region" aria-labelledby="people-heading">
        <People people={people} youId={youId} />
      </div>
    </aside>
  );
}
