import { t, tn } from '../../i18n/t';
import { DownIcon } from '../kit/icons';
import css from './JumpDown.module.css';

/** The way down to the newest, with how much has come since one left there. */
export function JumpDown({ unseen, onJump }: { unseen: number; onJump(): void }) {
  return (
    <div className={css.place}>
      <button type="button" className={unseen > 0 ? css.jump : `${css.jump} ${css.quiet}`} onClick={onJump}>
        <DownIcon />
        <span className={unseen > 0 ? undefined : 'unseen'}>{unseen > 0 ? tn('new_messages', unseen) : t('to_end')}</span>
      </button>
    </div>
  );
}
