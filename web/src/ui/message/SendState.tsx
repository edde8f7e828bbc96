import type { Key } from '../../i18n/t';
import { reasonOf, t } from '../../i18n/t';
import type { Pending } from '../../sync/outbox';
import css from './SendState.module.css';

interface Props {
  item: Pending;
  connected: boolean;
  onRetry(cid: string): void;
  onDelete(cid: string): void;
}

const words: Partial<Record<Pending['change']['op'], Key>> = {
  post: 'failed',
  edit: 'failed_edit',
  delete: 'failed_delete',
};

/** Under what the server has not confirmed: what is happening to it. */
export function SendState({ item, connected, onRetry, onDelete }: Props) {
  const { change, error } = item;
  if (item.state === 'failed') {
    return (
      <p className={css.failed} role="alert">
        <span>{t(words[change.op] ?? 'did_not_work', { reason: reasonOf(error ?? { code: 'other', message: '' }) })}</span>
        <span className={css.choice}>
          <button type="button" onClick={() => onRetry(item.cid)}>
            {t('retry')}
          </button>
          <button type="button" onClick={() => onDelete(item.cid)}>
            {t(change.op === 'post' ? 'delete' : 'dismiss')}
          </button>
        </span>
      </p>
    );
  }
  if (error && connected) return <p className={css.state}>{t('waiting_for', { reason: reasonOf(error) })}</p>;
  return <p className={css.state}>{t(connected ? 'sending' : 'waiting')}</p>;
}
