import { t } from '../../i18n/t';
import { Mark } from '../kit/Mark';
import css from './Nowhere.module.css';

/** For an address that leads nowhere. */
export function Nowhere() {
  return (
    <main className={css.page}>
      <Mark />
      <h1 className={css.title}>{t('nowhere_title')}</h1>
      <p className={css.text}>{t('nowhere_text')}</p>
      <a className="button primary" href="/">
        {t('to_lobby')}
      </a>
    </main>
  );
}
