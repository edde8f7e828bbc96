import { useState, type FormEvent } from 'react';
import { shortOf } from '../../i18n/time';
import { rankOf } from '../../sync/roles';
import { Field } from '../kit/Field';
import { TrashIcon } from '../kit/moreIcons';
import { useSession, useView } from '../shell/session';
import { told, useRows } from './office';
import { List, Once, Row, Term } from './parts';
import { t, tn, type Key } from './texts';
import css from './Admin.module.css';

/** Links by which newcomers make an account. */
export function Invites() {
  const session = useSession();
  const list = useRows('invites');
  const [link, setLink] = useState('');
  const end = async (invite: string) => {
    if (told(await session.act('invite_end', { invite }), t('invite_ended'))) list.again();
  };
  return (
    <>
      {link ? (
        <Once label={t('invite_link')} value={absolute(link)} onClose={() => setLink('')} />
      ) : (
        <NewInvite
          onMade={(made) => {
            setLink(made);
            list.again();
          }}
        />
      )}
      <List list={list} none={t('invites_none')}>
        {(i) => (
          <Row
            key={i.id}
            title={<bdi>{i.note || t(`role_${i.role ?? 'member'}` as Key)}</bdi>}
            marks={[i.note ? t(`role_${i.role ?? 'member'}` as Key) : '', i.left !== undefined && tn('left', i.left)]}
            sub={[
              tn('used', i.uses ?? 0),
              i.until ? t('until', { time: shortOf(i.until) }) : t('no_end'),
              ...(i.created ? [t('made', { time: shortOf(i.created) })] : []),
            ].join(' · ')}
          >
            <button type="button" className="icon-button" onClick={() => void end(i.id)} aria-label={t('invite_end')} title={t('invite_end')}>
              <TrashIcon />
            </button>
          </Row>
        )}
      </List>
    </>
  );
}

/** A server that does not know its address tells only the path. */
const absolute = (link: string): string => new URL(link, location.href).href;

const COUNTS = [1, 5, 25, 100, 0];
const WEEK_MS = 7 * 24 * 3_600_000;

function NewInvite({ onMade }: { onMade(link: string): void }) {
  const session = useSession();
  const own = useView((s) => s.you.role);
  const rooms = useView((s) => s.rooms);
  const [role, setRole] = useState('member');
  const [count, setCount] = useState(1);
  const [ms, setMs] = useState(WEEK_MS);
  const [note, setNote] = useState('');
  const [into, setInto] = useState<readonly string[]>([]);
  const roles = ['member', 'moderator', 'admin'].filter((r) => r === 'member' || rankOf(r) < rankOf(own));
  const offered = rooms.filter((r) => r.kind !== 'direct' && r.id !== 'lobby' && !r.archived);

  const make = async (e: FormEvent) => {
    e.preventDefault();
    const made = await session.act('invite', {
      role,
      ...(count > 0 && { count }),
      ...(ms > 0 && { until_ms: Date.now() + ms }),
      ...(note.trim() && { note: note.trim() }),
      ...(into.length > 0 && { rooms: [...into] }),
    });
    if (told(made, '') && 'link' in made && made.link) onMade(made.link);
  };
  const put = (id: string, on: boolean) => setInto(on ? [...into, id] : into.filter((r) => r !== id));

  return (
    <form className={css.card} onSubmit={(e) => void make(e)}>
      <h2 className={css.subheading}>{t('invite_new')}</h2>
      <div className={css.pair}>
        <Field label={t('invite_uses')}>
          {(input) => (
            <select {...input} value={count} onChange={(e) => setCount(Number(e.currentTarget.value))}>
              {COUNTS.map((n) => (
                <option key={n} value={n}>
                  {n === 0 ? t('invite_any') : n === 1 ? t('invite_once') : t('invite_count', { count: n })}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Term value={ms} onChange={setMs} />
        {roles.length > 1 && (
          <Field label={t('invite_as')}>
            {(input) => (
              <select {...input} value={role} onChange={(e) => setRole(e.currentTarget.value)}>
                {roles.map((r) => (
                  <option key={r} value={r}>
                    {t(`role_${r}` as Key)}
                  </option>
                ))}
              </select>
            )}
          </Field>
        )}
        <Field label={t('invite_note')} hint={t('invite_note_hint')}>
          {(input) => <input {...input} value={note} maxLength={200} onInput={(e) => setNote(e.currentTarget.value)} dir="auto" autoComplete="off" />}
        </Field>
      </div>
      {offered.length > 0 && (
        <fieldset className={css.choices}>
          <legend className={css.text}>{t('invite_into')}</legend>
          {offered.slice(0, 20).map((r) => (
            <label key={r.id} className={css.check}>
              <input type="checkbox" checked={into.includes(r.id)} onChange={(e) => put(r.id, e.currentTarget.checked)} />
              <bdi>{r.name}</bdi>
            </label>
          ))}
        </fieldset>
      )}
      <div className={css.foot}>
        <button type="submit" className="button primary">
          {t('invite_make')}
        </button>
      </div>
    </form>
  );
}
