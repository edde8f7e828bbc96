import { useState } from 'react';
import { reasonOf, t } from '../../i18n/t';
import { LOBBY } from '../../proto/v1';
import type { Removal } from '../../sync/core';
import { Mark } from '../kit/Mark';
import { hrefOf } from '../shell/route';
import { useSession, useView } from '../shell/session';
import { texts } from './texts';
import css from '../history/EmptyState.module.css';

/** In place of a room that one is not in, or not any more. */
export function NotHere({ room }: { room: string }) {
  const session = useSession();
  const last = useView((s) => s.removed);
  const removed = last?.room === room ? last : null;
  const [said, say] = useState('');
  const join = async () => {
    const result = await session.submit({ op: 'join' }, room);
    if ('error' in result) say(reasonOf(result.error));
  };
  return (
    <main id="talk" className={css.empty} tabIndex={-1}>
      <Mark />
      <h1 className={css.title}>{removed ? t('removed_title', { room: removed.title }) : texts.t('not_here_title')}</h1>
      <p role="status">{said ? t('did_not_work', { reason: said }) : removed ? whyOf(removed) : texts.t('not_here_text')}</p>
      <p className={css.choice}>
        {!removed && (
          <button type="button" className="button primary" onClick={() => void join()}>
            {t('room_join')}
          </button>
        )}
        <a className={removed ? 'button primary' : 'button'} href={hrefOf(LOBBY)}>
          {t('to_lobby')}
        </a>
      </p>
    </main>
  );
}

const whyOf = ({ by, reason }: Removal): string => t(reason ? 'removed_reason' : 'removed_text', { name: by, reason });

export default NotHere;
