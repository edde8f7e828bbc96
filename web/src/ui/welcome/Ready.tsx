import { NotifyButton } from '../notify/NotifyButton';
import { t } from './texts';
import css from './Welcome.module.css';

/** What is worth doing next, none of it now. */
export function Ready() {
  return (
    <div className={css.form}>
      <section className={css.panel}>
        <h3 className={css.name}>{t('backup')}</h3>
        <p>{t('backup_text')}</p>
        <code className={css.code}>hubbub backup --data DIR TARGET</code>
      </section>
      <section className={css.panel}>
        <h3 className={css.name}>{t('notify')}</h3>
        <NotifyButton />
      </section>
      <section className={css.panel}>
        <h3 className={css.name}>{t('factor')}</h3>
        <p>{t('factor_text')}</p>
        <p>
          <a className={css.link} href="/settings/account">{t('factor_link')}</a>
        </p>
      </section>
      <section className={css.panel}>
        <h3 className={css.name}>{t('office')}</h3>
        <p>{t('office_text')}</p>
        <p>
          <a className={css.link} href="/admin">{t('office_link')}</a>
        </p>
      </section>
      <div className={css.buttons}>
        <a className="button primary" href="/">
          {t('to_talk')}
        </a>
      </div>
    </div>
  );
}
