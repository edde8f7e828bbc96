import { memo, type MouseEvent } from 'react';
import { t, tn } from '../../i18n/t';
import type { RoomView } from '../../sync/room';
import { MoreIcon, PenIcon } from '../kit/icons';
import { hrefOf } from '../shell/route';
import { MutedIcon } from './icons';
import { kindOf, RoomIcon } from './RoomIcon';
import { tally } from './tally';
import css from './RoomLink.module.css';

interface Props {
  room: RoomView;
  current: boolean;
  /** The one that Tab leads to. */
  stop: boolean;
  onMenu(room: RoomView, e: MouseEvent): void;
}

/** One room in the list. Drawn again only when something in it has changed. */
export const RoomLink = memo(function RoomLink({ room, current, stop, onMenu }: Props) {
  const muted = room.level === 'none';
  const quiet = muted || room.archived;
  const state = [css.room, room.unread > 0 && !muted && css.unread, quiet && css.quiet].filter(Boolean).join(' ');
  return (
    <li className={css.item}>
      <a
        href={hrefOf(room.id)}
        className={state}
        aria-current={current ? 'page' : undefined}
        tabIndex={stop ? 0 : -1}
        data-room={room.title}
        data-stop=""
        onContextMenu={(e) => onMenu(room, e)}
      >
        <span className={css.icon}>
          <RoomIcon room={room} />
        </span>
        <bdi className={css.name} title={room.title}>
          {room.title}
        </bdi>
        <Said room={room} muted={muted} />
      </a>
      <button
        type="button"
        className={css.more}
        tabIndex={-1}
        onClick={(e) => onMenu(room, e)}
        aria-haspopup="menu"
        aria-label={t('room_menu_named', { room: room.title })}
      >
        <MoreIcon />
      </button>
    </li>
  );
});

/** What there is to be known about it without opening it: for eyes as signs, for ears as words. */
function Said({ room, muted }: { room: RoomView; muted: boolean }) {
  const { unread, mentions, draft } = room;
  const called = room.kind === 'direct' ? unread : mentions;
  const kind = kindOf(room);
  return (
    <>
      {kind && <span className="unseen">{kind}</span>}
      {muted && (
        <span className={css.sign} title={t('muted_mark')}>
          <MutedIcon />
          <span className="unseen">{t('muted_mark')}</span>
        </span>
      )}
      {draft && (
        <span className={css.sign} title={t('draft_mark')}>
          <PenIcon />
          <span className="unseen">{t('draft_mark')}</span>
        </span>
      )}
      {called > 0 && (
        <span className="badge" data-count="" aria-hidden="true">
          {tally(called)}
        </span>
      )}
      {unread > 0 && called === 0 && !muted && <span className={css.dot} aria-hidden="true" />}
      {unread > 0 && <span className="unseen">{tn('unread', unread, { count: tally(unread) })}</span>}
      {mentions > 0 && <span className="unseen">{tn('mentioned', mentions, { count: tally(mentions) })}</span>}
    </>
  );
}
