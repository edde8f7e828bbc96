import { Switch } from '../kit/Switch';
import { setPrefs, usePrefs } from '../shell/prefs';
import { askPermission, usePermission } from './permission';
import { words } from './words';
import css from './NotifyButton.module.css';

const { t } = words;

/** Notifications on this device: asks for them, turns them off and on, or says why there are none and what to do about it. */
export function NotifyButton() {
  const permission = usePermission();
  const { notify } = usePrefs();
  if (permission === 'granted') {
    return <Switch label={t('on_device')} hint={t('on_device_hint')} on={notify} onChange={(on) => setPrefs({ notify: on })} />;
  }
  if (permission === 'default') {
    return (
      <div className={css.ask}>
        <p>{t('ask_hint')}</p>
        <button type="button" className="button primary" onClick={() => void ask()}>
          {t('ask')}
        </button>
      </div>
    );
  }
  return (
    <div className={css.blocked} role="note">
      <p className={css.title}>{t(permission === 'denied' ? 'blocked' : 'unsupported')}</p>
      <p>{t(permission === 'denied' ? 'blocked_hint' : isSecureContext ? 'unsupported_hint' : 'insecure_hint')}</p>
    </div>
  );
}

async function ask(): Promise<void> {
  setPrefs({ notify: true });
  await askPermission();
}
