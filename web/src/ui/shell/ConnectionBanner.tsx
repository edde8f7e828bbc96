import { useEffect, useState } from 'react';
import { reasonOf, t } from '../../i18n/t';
import { useSession, useView } from './session';
import css from '../kit/Banner.module.css';

/** A connection that is back within this time was never worth a word. */
const GRACE_MS = 5000;

export function ConnectionBanner() {
  const session = useSession();
  const phase = useView((s) => s.phase);
  const seekingSince = useView((s) => s.seekingSince);
  const refused = useView((s) => s.refused);
  const first = useView((s) => s.you.id === '');
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
            <button type="button" className={css.action} onClick={() => session.kick()}>
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
