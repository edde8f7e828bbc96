import { t, tn } from '../../i18n/t';
import type { People as Here } from '../../sync/people';
import { Avatar } from '../kit/Avatar';
import css from './People.module.css';

const byName = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

/** The names of those who are here, oneself first. The heading is the caller's, since a panel and a drawer differ there. */
export function People({ people, youId }: { people: Here; youId: string }) {
  const sorted = people.list.toSorted((a, b) => {
    if (a.id === youId || b.id === youId) return a.id === youId ? -1 : 1;
    return Number(b.active) - Number(a.active) || byName.compare(a.name, b.name);
  });
  const more = people.count - sorted.length;
  return (
    <>
      <ul className={css.list}>
        {sorted.map((p) => (
          <li key={p.id} className={css.person}>
            <span className={css.face}>
              <Avatar id={p.id} name={p.name} />
              <span className={p.active ? css.active : css.idle} />
            </span>
            <bdi className={css.name} title={p.name}>
              {p.name}
            </bdi>
            {p.id === youId && <span className={css.you}>{t('you')}</span>}
            <span className={p.active ? 'unseen' : css.state}>{t(p.active ? 'active' : 'idle')}</span>
          </li>
        ))}
      </ul>
      {more > 0 && <p className={css.more}>{tn('more', more)}</p>}
      {people.visitors > 0 && <p className={css.more}>{tn('visitors', people.visitors)}</p>}
    </>
  );
}
