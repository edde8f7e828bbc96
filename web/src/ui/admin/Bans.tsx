import { useState, type FormEvent } from 'react';
import { shortOf } from '../../i18n/time';
import { FOR_EVER } from '../../sync/roles';
import { Avatar } from '../kit/Avatar';
import { Field } from '../kit/Field';
import { useSession } from '../shell/session';
import { told, useRows } from './office';
import { List, Row, Term } from './parts';
import { t } from './texts';
import css from './Admin.module.css';

/** Who is kept out or kept silent, and for how long. */
export function Bans() {
  const session = useSession();
  const bans = useRows('bans');
  const mutes = useRows('mutes');
  const lift = async (ban: string) => {
    if (told(await session.act('ban_end', { ban }), t('ban_lifted'))) bans.again();
  };
  const unmute = async (person: string, name: string) => {
    if (told(await session.act('unmute', { person }), t('did_unmute', { name }))) mutes.again();
  };
  return (
    <>
      <section className={css.section}>
        <h2 className={css.subheading}>{t('bans_people')}</h2>
        <List list={bans} none={t('bans_none')}>
          {(b) => (
            <Row
              key={b.id}
              face={b.person ? <Avatar id={b.person} name={b.name ?? ''} /> : undefined}
              title={<bdi>{b.address ? t('address', { address: b.address }) : (b.name ?? t('unknown_person'))}</bdi>}
              sub={
                <>
                  {ends(b.until)}
                  {b.reason && (
                    <>
                      {' · '}
                      <bdi>{b.reason}</bdi>
                    </>
                  )}
                </>
              }
            >
              <button type="button" className="button outlined" onClick={() => void lift(b.id)}>
                {t('ban_lift')}
              </button>
            </Row>
          )}
        </List>
      </section>
      <section className={css.section}>
        <h2 className={css.subheading}>{t('mutes_people')}</h2>
        <List list={mutes} none={t('mutes_none')}>
          {(m) => (
            <Row key={m.person} face={<Avatar id={m.person} name={m.name} />} title={<bdi>{m.name}</bdi>} sub={ends(m.until)}>
              <button type="button" className="button outlined" onClick={() => void unmute(m.person, m.name)}>
                {t('unmute')}
              </button>
            </Row>
          )}
        </List>
      </section>
      <AddressBan onDone={bans.again} />
    </>
  );
}

const ends = (until?: number): string => (!until || until >= FOR_EVER ? t('no_end') : t('until', { time: shortOf(until) }));

function AddressBan({ onDone }: { onDone(): void }) {
  const session = useSession();
  const [address, setAddress] = useState('');
  const [reason, setReason] = useState('');
  const [ms, setMs] = useState(24 * 3_600_000);
  const ban = async (e: FormEvent) => {
    e.preventDefault();
    const made = await session.act('ban', {
      address: address.trim(),
      ...(reason.trim() && { reason: reason.trim() }),
      ...(ms > 0 && { for_ms: ms }),
    });
    if (!told(made, t('did_ban', { name: address.trim() }))) return;
    setAddress('');
    setReason('');
    onDone();
  };
  return (
    <form className={css.card} onSubmit={(e) => void ban(e)}>
      <h2 className={css.subheading}>{t('ban_address')}</h2>
      <Field label={t('ban_address_label')} hint={t('ban_address_hint')}>
        {(input) => (
          <input {...input} value={address} onInput={(e) => setAddress(e.currentTarget.value)} autoComplete="off" spellCheck={false} required />
        )}
      </Field>
      <div className={css.pair}>
        <Term value={ms} onChange={setMs} />
        <Field label={t('reason')} hint={t('reason_hint')}>
          {(input) => <input {...input} value={reason} maxLength={500} onInput={(e) => setReason(e.currentTarget.value)} dir="auto" />}
        </Field>
      </div>
      <div className={css.foot}>
        <button type="submit" className="button danger" disabled={address.trim() === ''}>
          {t('ban')}
        </button>
      </div>
    </form>
  );
}
