import { dayLabel } from '../../i18n/time';
import { t } from '../../i18n/t';
import { show } from '../shell/surface';
import css from '../kit/Divider.module.css';

/** Where another day begins, in the reader's zone; leads to any other. */
export function DayDivider({ ts, today, room }: { ts: number; today: number; room: string }) {
  return (
    <h3 className={css.day}>
      <button type="button" className={css.date} title={t('date_title')} onClick={() => show('date', { room })}>
        {dayLabel(ts, today)}
      </button>
    </h3>
  );
}
