import { t } from '../../i18n/t';
import { Mark } from '../kit/Mark';
import css from './EmptyState.module.css';

export function EmptyState() {
  return (
    <div className={css.empty}>
      <Mark />
      <p className={css.title}>{t('empty_title')}</p>
      <p>{t('empty_text')}</p>
    </div>
  );
}
