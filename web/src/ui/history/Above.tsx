import type { RefObject } from 'react';
import { clockOf, shortOf } from '../../i18n/time';
import { t } from '../../i18n/t';
import { CloseIcon } from '../kit/icons';
import { own } from './aboveTexts';
import { FloatingDay } from './FloatingDay';
import { sameDay } from './rows';
import type { Goal, Trouble } from './useJump';
import type { Missed } from './useOpening';
import css from './Above.module.css';

export interface Props {
  scroller: RefObject<HTMLElement | null>;
  today: number;
  missed: Missed | null;
  trouble: Trouble | null;
  onEnd(): void;
  onRead(): void;
  onAgain(goal: Goal): void;
  onClose(): void;
}

/** What lies over the upper edge of the list, and moves nothing in it. */
export default function Above({ scroller, today, missed, trouble, onEnd, onRead, onAgain, onClose }: Props) {
  return (
    <div className={css.place}>
      <div className={css.top}>
        {trouble && <TroubleBar trouble={trouble} onAgain={onAgain} onClose={onClose} />}
        {missed && <MissedBar missed={missed} today={today} onEnd={onEnd} onRead={onRead} />}
        <FloatingDay scroller={scroller} today={today} />
      </div>
    </div>
  );
}

interface MissedProps {
  missed: Missed;
  today: number;
  onEnd(): void;
  onRead(): void;
}

/** More is unread than fits a screen: how much, since when, and the ways on. */
function MissedBar({ missed: { count, since }, today, onEnd, onRead }: MissedProps) {
  const time = sameDay(since, today) ? clockOf(since) : shortOf(since);
  return (
    <div className={css.bar} data-missed={count}>
      <p className={css.words}>{own.tn('missed', count, { time })}</p>
      <button type="button" className={css.act} onClick={onEnd}>
        {own.t('to_latest')}
      </button>
      <button type="button" className={css.act} onClick={onRead}>
        {own.t('mark_read')}
      </button>
    </div>
  );
}

interface TroubleProps {
  trouble: Trouble;
  onAgain(goal: Goal): void;
  onClose(): void;
}

/** A link led to something that cannot be shown. */
function TroubleBar({ trouble, onAgain, onClose }: TroubleProps) {
  return (
    <div className={css.bar} data-trouble={trouble.what}>
      <p className={css.words} role="status">
        {own.t(`link_${trouble.what}`)}
      </p>
      {trouble.what === 'late' && (
        <button type="button" className={css.act} onClick={() => onAgain(trouble.goal)}>
          {t('retry')}
        </button>
      )}
      <button type="button" className={css.shut} onClick={onClose} aria-label={t('close')}>
        <CloseIcon />
      </button>
    </div>
  );
}
