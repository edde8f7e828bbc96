import { reasonOf, t } from '../i18n/t';
import type { Pending } from '../sync/outbox';
import css from './SendState.module.css';

interface Props {
  item: Pending;
  connected: boolean;
  onRetry(cid: string): void;
  onDelete(cid: string): void;
}

/** Under a message of one's own that the server has not confirmed: what is happening to it. */
export function SendState({ item, connected, onRetry, onDelete }: Props) {
  if (item.state === 'failed') {
    return (
      <p className={css.failed} role="alert">
        <span>{t('failed', { reason: reasonOf(item.error ?? { code: 'other', message: '' }) })}</span>
        <span className={css.choice}>
          <button type="button" onClick={() => onRetry(item.cid)}>
            {t('retry')}
          </button>
          <button type="button" onClick={() => onDelete(item.cid)}>
            {t('delete')}
          </button>
        </span>
      </p>
    );
  }
  return <p className={css.state}>{t(connected ? 'sending' : 'waiting')}</p>;
}
