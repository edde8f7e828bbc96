import { reasonOf, t } from '../../i18n/t';
import type { Pending } from '../../sync/outbox';
import { useSession } from '../shell/session';
import { say, type Key } from './words';
import state from './SendState.module.css';
import css from './Failed.module.css';

const failures: Partial<Record<Pending['change']['op'], Key>> = {
  post: 'failed',
  edit: 'failed_edit',
  delete: 'failed_delete',
};

interface Props {
  item: Pending;
  onRetry(cid: string): void;
  onDelete(cid: string): void;
}

/** Under what the server refused: why, and what can be done about it. */
export default function Failed({ item, onRetry, onDelete }: Props) {
  const session = useSession();
  const { cid, room, change, error = { code: 'other', message: '' } } = item;
  const reason = reasonOf(error);
  const failure = failures[change.op];
  // What was to be changed is gone for good: to try again would change nothing, but the text may still be said.
  const left = change.op === 'edit' && error.code === 'no_message' ? change.text : null;
  const takeBack = (text: string) => {
    session.drafts.give(room, text);
    onDelete(cid);
  };
  return (
    <p className={`${state.state} ${css.failed}`} role="alert">
      <span>{failure ? say(failure, { reason }) : t('did_not_work', { reason })}</span>
      <span className={css.choice}>
        {left === null ? (
          <button type="button" onClick={() => onRetry(cid)}>
            {t('retry')}
          </button>
        ) : (
          <button type="button" onClick={() => takeBack(left)}>
            {say('as_draft')}
          </button>
        )}
        <button type="button" onClick={() => onDelete(cid)}>
          {t(change.op === 'post' ? 'delete' : 'dismiss')}
        </button>
      </span>
    </p>
  );
}
