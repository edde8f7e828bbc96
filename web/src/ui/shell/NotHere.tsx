import { useState } from 'react';
import { reasonOf, t } from '../../i18n/t';
import { LOBBY } from '../../proto/v1';
import { Mark } from '../kit/Mark';
import { hrefOf } from './route';
import { useSession } from './session';
import css from '../history/EmptyState.module.css';

/** In place of a room that one is not in. */
export function NotHere({ room }: { room: string }) {
  const session = useSession();
  const [said, say] = useState('');
  const join = () => session.join(room, (result) => 'error' in result && say(reasonOf(result.error)));
  return (
    <main id="talk" className={css.empty} tabIndex={-1}>
      <Mark />
      <h1 className={css.title}>{t('not_here_title')}</h1>
      <p role="status">{said ? t('did_not_work', { reason: said }) : t('not_here_text')}</p>
      <p className={css.choice}>
        <button type="button" className="button primary" onClick={join}>
          {t('room_join')}
        </button>
        <a className="button" href={hrefOf(LOBBY)}>
          {t('to_lobby')}
        </a>
      </p>
    </main>
  );
}
