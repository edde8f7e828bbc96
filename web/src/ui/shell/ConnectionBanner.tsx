import { useEffect, useState } from 'react';
import { reasonOf, t } from '../../i18n/t';
import type { Phase } from '../../net/socket';
import type { ErrorBody } from '../../proto/v1';
import css from '../kit/Banner.module.css';

/** A connection that is back within this time was never worth a word. */
const GRACE_MS = 2500;

interface Props {
  phase: Phase;
  seekingSince: number | null;
  /** Why the server does not let one in. */
  refused: ErrorBody | null;
  first: boolean;
  onTry(): void;
}

export function ConnectionBanner({ phase, seekingSince, refused, first, onTry }: Props) {
  const now = useClock(seekingSince !== null);
  const shown = seekingSince !== null && now - seekingSince >= GRACE_MS;
  const seconds = phase.at === 'waiting' ? Math.max(1, Math.ceil((phase.until - now) / 1000)) : 0;
  return (
    <>
      {/* The part that is read aloud says each thing once; the seconds only change for the eye. */}
      <div className="unseen" role="status">
        {shown && (refused ? reasonOf(refused) : t('lost'))}
      </div>
      {shown && (
        <div className={css.banner} data-banner="connection" role="region" aria-label={t('connection')}>
          {refused && <p>{reasonOf(refused)}</p>}
          <p>
            {phase.at === 'waiting' ? (
              <span aria-live="off">{t('reconnecting_in', { seconds })}</span>
            ) : (
              t(first ? 'connecting' : 'reconnecting')
            )}
          </p>
          {phase.at === 'waiting' && (
            <button type="button" className={css.action} onClick={onTry}>
              {t('try_now')}
            </button>
          )}
        </div>
      )}
    </>
  );
}

/** The time, a few times a second while it matters. */
function useClock(running: boolean): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!running) return undefined;
    const timer = setInterval(() => setNow(Date.now()), 250);
    return () => clearInterval(timer);
  }, [running]);
  return now;
}
