import { Switch } from '../kit/Switch';
import { setPrefs, usePrefs } from '../shell/prefs';
import { t } from './texts';
import css from './List.module.css';

export function Writing() {
  const { enterSends, tellTyping } = usePrefs();
  return (
    <div className={css.list}>
      <Switch label={t('enter')} hint={t('enter_text')} on={enterSends} onChange={(on) => setPrefs({ enterSends: on })} />
      <Switch label={t('typing')} hint={t('typing_text')} on={tellTyping} onChange={(on) => setPrefs({ tellTyping: on })} />
    </div>
  );
}
