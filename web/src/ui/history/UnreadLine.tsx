import { t } from '../../i18n/t';
import css from '../kit/Divider.module.css';

/** Over the first message that one had not read when one came. */
export function UnreadLine() {
  return (
    <p className={css.unread} data-unread="">
      <span>{t('unread_line')}</span>
    </p>
  );
}
