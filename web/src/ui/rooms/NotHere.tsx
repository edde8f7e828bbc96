import { useState } from 'react';
import { reasonOf, t } from '../../i18n/t';
import { LOBBY } from '../../proto/v1';
import type { RoomView } from '../../sync/room';
import { Mark } from '../kit/Mark';
import { hrefOf } from '../shell/route';
import { useSession, useView } from '../shell/session';
import css from '../history/EmptyState.module.css';

interface Props {
  room: string;
  /** The room as it was when one was still in it, on this page. */
  was: RoomView | null;
}

/** In place of a room that one is not in, or not any more. */
export function NotHere({ room, was }: Props) {
  const session = useSession();
  const removed = useRemoval(was);
  const [said, say] = useState('');
  const join = async () => {
    const result = await session.submit({ op: 'join' }, room);
    if ('error' in result) say(reasonOf(result.error));
  };
  return (
    <main id="talk" className={css.empty} tabIndex={-1}>
      <Mark />
      <h1 className={css.title}>{removed ? t('removed_title', { room: was?.title ?? '' }) : t('not_here_title')}</h1>
      <p role="status">{said ? t('did_not_work', { reason: said }) : (removed ?? t('not_here_text'))}</p>
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

/** Who has taken one out and why; null when it was not so. The last thing that one heard in the room tells. */
function useRemoval(was: RoomView | null): string | null {
  const you = useView((s) => s.you.id);
  const last = was?.log.entries.findLast((e) => e.kind === 'happening');
  if (last?.kind !== 'happening' || last.what !== 'removed' || last.person?.id !== you) return null;
  return last.text ? t('removed_reason', { name: last.from.name, reason: last.text }) : t('removed_text', { name: last.from.name });
}

export default NotHere;
