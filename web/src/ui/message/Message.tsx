import { memo, Suspense } from 'react';
import { clockOf, fullOf } from '../../i18n/time';
import { t } from '../../i18n/t';
import { means } from '../../sync/entries';
import type { Message as Said } from '../../sync/roomlog';
import { hueOf } from '../../text/face';
import type { Known } from '../../text/markdown';
import { MessageFiles } from '../files/Files';
import { Avatar } from '../kit/Avatar';
import { PinIcon } from '../kit/icons';
import { later } from '../kit/lazy';
import { show } from '../shell/surface';
import { Quote } from './Quote';
import { Reactions } from './Reactions';
import type { Rights } from './rights';
import { Text } from './Text';
import { labelOf } from './label';
import css from './Message.module.css';

/** Over the messages, so that nothing moves when it comes. */
const Actions = later(() => import('./Actions'));

/** What can be done with a message. */
export interface Acts {
  react(m: Said, emoji: string, on: boolean): void;
  /** Chooses an emoji to react with. */
  pick(m: Said): void;
  pin(m: Said): void;
  reply(m: Said): void;
  edit(m: Said): void;
  delete(m: Said): void;
  /** Opens its menu beside what was pressed. */
  menu(m: Said, anchor: Element): void;
  /** Everything from here on is unread. */
  unread(m: Said): void;
  /** Puts the toolbar away. */
  close(): void;
  /** A message that is answered, and is not held. */
  need(seq: number): void;
  jump(seq: number): void;
  /** What somebody is called, if this page has heard of them. */
  nameOf(id: string): string | undefined;
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
  rights: Rights;
  acts: Acts;
  /** Whom and what a text can name. */
  known: Known;
  /** What it answers, if that is held. */
  original: Said | undefined;
}

export const Message = memo(function Message({ m, youId, head, waiting, active, rights, acts, known, original }: Props) {
  const { from, mine, deleted } = m;
  const marked = m.edited !== null || m.pinned;
  const sent = m.seq > 0;
  const forYou = !mine && !deleted && means(m, youId);
  const kind = [css.message, head && css.first, waiting && css.waiting, deleted && css.deleted, forYou && css.forYou];
  return (
    <div
      className={kind.filter(Boolean).join(' ')}
      data-message={mine ? 'mine' : 'theirs'}
      data-key={m.key}
      data-seq={sent ? m.seq : undefined}
      role="article"
      aria-label={labelOf(m)}
      tabIndex={sent ? -1 : undefined}
    >
      {head && (
        <div className={css.face}>
          <Avatar id={from.id} name={from.name} visitor={from.visitor === true} />
        </div>
      )}
      <div className={css.body}>
        <Head m={m} head={head} active={active} />
        {forYou && <span className="unseen">{t('for_you')}</span>}
        {!deleted && m.replyTo !== null && (
          <Quote seq={m.replyTo} original={original} onNeed={acts.need} onJump={acts.jump} />
        )}
        <div className={marked ? `${css.line} ${css.marked}` : css.line}>
          <div className={css.bubble} data-text={deleted ? undefined : ''}>
            {deleted ? <p dir="auto">{t('deleted')}</p> : <Text text={m.text} known={known} youId={youId} all={m.mentionsAll || m.mentions.length > 0} />}
          </div>
          {marked && <Marks m={m} />}
        </div>
        {(m.attachments ?? m.files).length > 0 && <MessageFiles m={m} />}
        {m.reactions.length > 0 && <Reactions m={m} youId={youId} may={rights.react} acts={acts} />}
      </div>
      {active && sent && !deleted && (
        <Suspense fallback={null}>
          <Actions m={m} youId={youId} rights={rights} acts={acts} />
        </Suspense>
      )}
    </div>
  );
});

/** Who said it and when; within a group the time for whoever points at it, and all of it for ears. */
function Head({ m: { from, mine, ts }, head, active }: { m: Said; head: boolean; active: boolean }) {
  if (!head) {
    return (
      <>
        <span className="unseen">{t('says', { name: from.name, time: clockOf(ts) })}</span>
        {active && (
          <span className={css.late} aria-hidden="true" title={fullOf(ts)}>
            {clockOf(ts)}
          </span>
        )}
      </>
    );
  }
  return (
    <p className={css.head} style={{ '--hue': hueOf(from.id) } as Record<string, unknown>}>
      {from.visitor === true ? (
        <bdi className={css.author}>{from.name}</bdi>
      ) : (
        <button type="button" className={css.author} onClick={() => show('profile', { id: from.id, name: from.name })}>
          <bdi>{from.name}</bdi>
        </button>
      )}
      {mine && <span className={css.own}>{t('you')}</span>}
      {from.visitor === true && (
        <span className={css.badge} title={t('visitor_title')}>
          {t('visitor')}
        </span>
      )}
      <time className={css.time} dateTime={new Date(ts).toISOString()} title={fullOf(ts)}>
        {clockOf(ts)}
      </time>
    </p>
  );
}

function Marks({ m }: { m: Said }) {
  return (
    <span className={css.marks}>
      {m.pinned && (
        <span className={css.pinned} title={t('pinned_mark')}>
          <PinIcon />
          <span className="unseen">{t('pinned_mark')}</span>
        </span>
      )}
      {m.edited !== null && (
        <time dateTime={new Date(m.edited).toISOString()} title={fullOf(m.edited)}>
          {t('edited')}
        </time>
      )}
    </span>
  );
}
