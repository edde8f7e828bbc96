import { useEffect, useState } from 'react';
import { t } from '../../i18n/t';
import { clockOf, fullOf } from '../../i18n/time';
import { FOR_EVER } from '../../sync/roles';
import type { RoomView } from '../../sync/room';
import { LockIcon } from '../kit/icons';
import { useView } from '../shell/session';
import { whyNot, type WhyNot } from './rights';
import css from './ReadOnly.module.css';

const DAY_MS = 86_400_000;
/** The longest that a timer can wait. */
const TIMER_MOST = 2 ** 31 - 1;

/** Why one may not write in this room at the moment; looked at again when a mute ends. */
export function useWhyNot(room: RoomView | null): WhyNot | null {
  const you = useView((s) => s.you);
  const server = useView((s) => s.server);
  const [now, setNow] = useState(Date.now);
  const why = room ? whyNot(room, you, server, now) : null;
  const until = why?.why === 'muted' ? why.until : null;
  useEffect(() => {
    if (until === null) return undefined;
    const timer = setTimeout(() => setNow(Date.now()), Math.min(until - Date.now() + 50, TIMER_MOST));
    return () => clearTimeout(timer);
  }, [until, now]);
  return why;
}

function textOf(why: WhyNot): string {
  if (why.why !== 'muted') return t(`only_${why.why}`);
  if (why.until >= FOR_EVER) return t('only_muted');
  const soon = why.until - Date.now() < DAY_MS;
  return t('only_muted_until', { time: soon ? clockOf(why.until) : fullOf(why.until) });
}

export function ReadOnly({ why }: { why: WhyNot }) {
  return (
    <div className={css.place}>
      <p className={css.line} role="status" data-read-only={why.why}>
        <LockIcon />
        <span>{textOf(why)}</span>
        {why.why === 'members_only' && (
          <a className="button outlined" href="/join">
            {t('sign_in')}
          </a>
        )}
      </p>
    </div>
  );
}
