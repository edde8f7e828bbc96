import { memo } from 'react';
import { clockOf, fullOf } from '../i18n/time';
import { t } from '../i18n/t';
import { hueOf } from '../text/face';
import { Avatar } from './Avatar';
import { Text } from './Text';
import css from './Message.module.css';

interface Props {
  id: string;
  name: string;
  visitor: boolean;
  text: string;
  ts: number;
  mine: boolean;
  /** The first of a group: bears the name and the time. */
  head: boolean;
  /** Not yet confirmed by the server. */
  waiting: boolean;
}

export const Message = memo(function Message({ id, name, visitor, text, ts, mine, head, waiting }: Props) {
  const time = (
    <time className={css.time} dateTime={new Date(ts).toISOString()} title={fullOf(ts)}>
      {clockOf(ts)}
    </time>
  );
  const kind = [css.message, mine ? css.mine : css.theirs, head && css.first, waiting && css.waiting];
  return (
    <div
      className={kind.filter(Boolean).join(' ')}
      data-message={mine ? 'mine' : 'theirs'}
      style={mine ? undefined : ({ '--hue': hueOf(id) } as Record<string, unknown>)}
    >
      {!mine && <div className={css.face}>{head && <Avatar id={id} name={name} visitor={visitor} />}</div>}
      <div className={css.body}>
        {head ? (
          <p className={css.head}>
            <bdi className={mine ? 'unseen' : css.author}>{name}</bdi>
            {visitor && (
              <span className={css.badge} title={t('visitor_title')}>
                {t('visitor')}
              </span>
            )}
            {time}
          </p>
        ) : (
          <span className="unseen">{t('says', { name, time: clockOf(ts) })}</span>
        )}
        <div className={css.line}>
          <div className={css.bubble} dir="auto">
            <Text text={text} />
          </div>
          {!head && (
            <span className={css.late} aria-hidden="true" title={fullOf(ts)}>
              {clockOf(ts)}
            </span>
          )}
        </div>
      </div>
    </div>
  );
});
