import { t as core } from '../../i18n/t';
import { Mark } from '../kit/Mark';
import { t } from './nowhereTexts';
import css from './Nowhere.module.css';

/** For an address that leads nowhere. */
export function Nowhere() {
  return (
    <main className={css.page}>
      <Mark />
      <h1 className={css.title}>{t('title')}</h1>
      <p className={css.text}>{t('text')}</p>
      <a className="button primary" href="/">
        {core('to_lobby')}
      </a>
    </main>
  );
}
