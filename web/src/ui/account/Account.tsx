import { useState } from 'react';
import { reasonOf, t } from '../../i18n/t';
import { signOut } from '../../sync/account';
import { keep } from '../shell/browser';
import css from './Account.module.css';

/** At the foot of the rooms: the way to an account, or out of it. */
export function Account({ role }: { role: string }) {
  const [said, say] = useState('');
  const leave = () =>
    void signOut(keep).then((result) =>
      'error' in result ? say(t('did_not_work', { reason: reasonOf(result.error) })) : location.replace('/join'),
    );
  return (
    <section className={css.account} aria-label={t('account')}>
      {role === 'guest' ? (
        <>
          <p className={css.text}>{t('guest_now')}</p>
          <a className="button" href="/join">
            {t('sign_in_or_up')}
          </a>
        </>
      ) : (
        <button type="button" className="button" onClick={leave}>
          {t('sign_out')}
        </button>
      )}
      <p className={said ? css.said : 'unseen'} role="status">
        {said}
      </p>
    </section>
  );
}
