import { Suspense } from 'react';
import { reasonOf, t } from '../../i18n/t';
import type { Pending } from '../../sync/outbox';
import { later } from '../kit/lazy';
import css from './SendState.module.css';

const Failed = later(() => import('./Failed'));

interface Props {
  item: Pending;
  connected: boolean;
  onRetry(cid: string): void;
  onDelete(cid: string): void;
}

/** Under what the server has not confirmed: what is happening to it. */
export function SendState({ item, connected, onRetry, onDelete }: Props) {
  const { error } = item;
  if (item.state === 'failed') {
    return (
      <Suspense fallback={null}>
        <Failed item={item} onRetry={onRetry} onDelete={onDelete} />
      </Suspense>
    );
  }
  const words = error && connected ? t('waiting_for', { reason: reasonOf(error) }) : t(connected ? 'sending' : 'waiting');
  // Files may be long on their way, and what has not left yet can be taken back.
  const stops = item.state === 'uploading' && !item.elsewhere;
  return (
    <p className={css.state}>
      {words}
      {stops && (
        <button type="button" onClick={() => onDelete(item.cid)}>
          {t('cancel')}
        </button>
      )}
    </p>
  );
}
