import { t } from '../../i18n/t';
import { Mark } from '../kit/Mark';
import css from './EmptyState.module.css';

/** Nobody has said anything yet; or it cannot be known, without a connection. */
export function EmptyState({ away = false }: { away?: boolean }) {
  return (
    <div className={css.empty} data-empty={away ? 'away' : ''}>
      <Mark />
      <p className={css.title}>{t(away ? 'away_title' : 'empty_title')}</p>
      <p>{t(away ? 'away_text' : 'empty_text')}</p>
    </div>
  );
}
