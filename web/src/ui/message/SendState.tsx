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

const failures: Partial<Record<Pending['change']['op'], Key>> = {
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
        <span>{t(failures[change.op] ?? 'did_not_work', { reason: reasonOf(error ?? { code: 'other', message: '' }) })}</span>
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
  const words = error && connected ? t('waiting_for', { reason: reasonOf(error) }) : t(connected ? 'sending' : 'waiting');
  // Files may be long on their way, and what has not left yet can be taken back.
  const stops = item.state === 'uploading' && !item.elsewhere;
  return (
    <p className={css.state}>
      {words}
      {stops && (
        <span className={css.choice}>
          <button type="button" onClick={() => onDelete(item.cid)}>
            {t('cancel')}
          </button>
        </span>
      )}
    </p>
  );
}
