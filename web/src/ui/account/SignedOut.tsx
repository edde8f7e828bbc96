import { useEffect, useState } from 'react';
import { t, texts } from '../../i18n/t';
import css from '../kit/Banner.module.css';
import { useView } from '../shell/session';
import { lostAccount } from './lost';

const en = {
  now_guest: 'You were signed out. You are here as {name}.',
  stay: 'Stay a guest',
} as const;

const de: Record<keyof typeof en, string> = {
  now_guest: 'Du wurdest abgemeldet. Du bist jetzt als {name} hier.',
  stay: 'Gast bleiben',
};

const { t: say } = texts({ en, de });

/** For whoever had an account here, and is a guest now, without having done anything. */
export function SignedOut() {
  const guest = useView((s) => s.phase.at === 'ready' && s.you.role === 'guest');
  const name = useView((s) => s.you.name);
  const [told, setTold] = useState(false);
  useEffect(() => {
    // oxlint-disable-next-line react/set-state-in-effect -- what this browser remembers is looked at once, and changed by that
    if (guest && lostAccount()) setTold(true);
  }, [guest]);
  if (!guest || !told) return null;
  return (
    <div className={css.banner} data-banner="signed-out" role="status">
      <p>{say('now_guest', { name })}</p>
      <button type="button" className={css.action} onClick={() => location.assign('/join')}>
        {t('sign_in')}
      </button>
      <button type="button" className={css.action} onClick={() => setTold(false)}>
        {say('stay')}
      </button>
    </div>
  );
}
