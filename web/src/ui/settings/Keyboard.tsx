import { show } from '../shell/surface';
import { t } from './texts';
import css from './List.module.css';

export function Keyboard() {
  return (
    <>
      <p className={css.text}>{t('keyboard_text')}</p>
      <p>
        <button type="button" className="button outlined" aria-haspopup="dialog" onClick={() => show('shortcuts', {})}>
          {t('keyboard_show')}
        </button>
      </p>
    </>
  );
}
