import { t, tn } from '../../i18n/t';
import type { People as Here } from '../../sync/people';
import { arranged, type Known } from '../../sync/arranged';
import { useView } from '../shell/session';
import { show } from '../shell/surface';
import { Pictured } from './Face';
import { useMembers } from './useMembers';
import { texts as words } from './texts';
import css from './People.module.css';

/** Who is here and who is not, oneself first. The heading is the caller's, since a panel and a drawer differ there. */
export function People({ room, people }: { room: string; people: Here }) {
  const you = useView((s) => s.you.id);
  const members = useMembers(room, people);
  const { active, idle, away } = arranged(people.list, members.rows, you);
  const unnamed = people.count - active.length - idle.length;
  return (
    <>
      <Group title={words.t('group_active')} count={active.length} all={active} you={you} />
      <Group title={words.t('group_idle')} count={idle.length} all={idle} you={you} />
      {unnamed > 0 && <p className={css.more}>{tn('more', unnamed)}</p>}
      {people.visitors > 0 && <p className={css.more}>{words.tn('visitors', people.visitors)}</p>}
      <Group title={words.t('group_away')} count={members.more ? null : away.length} all={away} you={you} />
      {members.said && <p className={css.more}>{members.said}</p>}
      {members.more && (
        <button type="button" className={`button ${css.next}`} onClick={members.next}>
          {words.t('people_more')}
        </button>
      )}
    </>
  );
}

function Group({ title, count, all, you }: { title: string; count: number | null; all: readonly Known[]; you: string }) {
  if (all.length === 0) return null;
  return (
    <section className={css.group}>
      <h3 className={css.heading}>
        {title} {count !== null && <span className={css.number}>{count}</span>}
      </h3>
      <ul>
        {all.map((p) => (
          <li key={p.id}>
            <button type="button" className={css.person} data-person={p.name} onClick={() => show('profile', { id: p.id, name: p.name })} aria-haspopup="dialog">
              <Pictured id={p.id} name={p.name} color={p.color} presence={p.presence} />
              <bdi className={p.presence === 'away' ? `${css.name} ${css.away}` : css.name} title={p.name}>
                {p.name}
              </bdi>
              {p.id === you && <span className={css.mark}>{t('you')}</span>}
              {p.host && <span className={css.mark}>{words.t('host_mark')}</span>}
              {p.role === 'bot' && <span className={css.mark}>{t('role_bot')}</span>}
              <span className="unseen">{t(p.presence)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

export default People;
