import { memo } from 'react';
import { clockOf, fullOf } from '../../i18n/time';
import { t } from '../../i18n/t';
import type { Message as Said } from '../../sync/roomlog';
import { hueOf } from '../../text/face';
import { Actions } from './Actions';
import { Attachments, PendingFiles } from '../files/Files';
import { Avatar } from '../kit/Avatar';
import { PinIcon } from '../kit/icons';
import { Quote } from './Quote';
import { Reactions } from './Reactions';
import { Text } from './Text';
import css from './Message.module.css';

/** What can be done with a message. */
export interface Acts {
  react(m: Said, emoji: string, on: boolean): void;
  pin(m: Said): void;
  reply(m: Said): void;
  edit(m: Said): void;
  delete(m: Said): void;
  /** Puts the toolbar away. */
  close(): void;
  /** A message that is answered, and is not held. */
  need(seq: number): void;
  jump(seq: number): void;
}

interface Props {
  m: Said;
  youId: string;
  /** The first of a group: bears the name and the time. */
  head: boolean;
  /** It, or a change to it, is not yet confirmed by the server. */
  waiting: boolean;
  /** Shows what can be done with it. */
  active: boolean;
  acts: Acts;
  /** What it answers, if that is held. */
  original: Said | undefined;
}

export const Message = memo(function Message({ m, youId, head, waiting, active, acts, original }: Props) {
  const { from, mine, ts, deleted } = m;
  const visitor = from.visitor === true;
  const sent = m.seq > 0;
  const kind = [css.message, head && css.first, waiting && css.waiting, deleted && css.deleted];
  return (
    <div
      className={kind.filter(Boolean).join(' ')}
      data-message={mine ? 'mine' : 'theirs'}
      data-key={m.key}
      tabIndex={sent ? -1 : undefined}
      style={{ '--hue': hueOf(from.id) } as Record<string, unknown>}
    >
      <div className={css.face}>{head && <Avatar id={from.id} name={from.name} visitor={visitor} />}</div>
      <div className={css.body}>
        {head ? (
          <p className={css.head}>
            <bdi className={css.author}>{from.name}</bdi>
            {visitor && (
              <span className={css.badge} title={t('visitor_title')}>
                {t('visitor')}
              </span>
            )}
            <time className={css.time} dateTime={new Date(ts).toISOString()} title={fullOf(ts)}>
              {clockOf(ts)}
            </time>
          </p>
        ) : (
          <span className="unseen">{t('says', { name: from.name, time: clockOf(ts) })}</span>
        )}
        {!deleted && m.replyTo !== null && (
          <Quote seq={m.replyTo} original={original} onNeed={acts.need} onJump={acts.jump} />
        )}
        <div className={css.line}>
          <div className={css.bubble} dir="auto">
            {deleted ? t('deleted') : <Text text={m.text} />}
          </div>
          <Marks m={m} />
          {!head && (
            <span className={css.late} aria-hidden="true" title={fullOf(ts)}>
              {clockOf(ts)}
            </span>
          )}
        </div>
        {m.attachments && <PendingFiles files={m.attachments} />}
        {m.files.length > 0 && <Attachments files={m.files} seq={m.seq} />}
        {m.reactions.length > 0 && <Reactions m={m} youId={youId} acts={acts} />}
      </div>
      {active && sent && !deleted && <Actions m={m} youId={youId} acts={acts} />}
    </div>
  );
});

function Marks({ m }: { m: Said }) {
  if (m.edited === null && !m.pinned) return null;
  return (
    <span className={css.marks}>
      {m.pinned && (
        <span className={css.pinned} title={t('pinned_mark')}>
          <PinIcon />
          <span className="unseen">{t('pinned_mark')}</span>
        </span>
      )}
      {m.edited !== null && <span title={fullOf(m.edited)}>{t('edited')}</span>}
    </span>
  );
}
