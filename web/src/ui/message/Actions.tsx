import { useState, type ReactNode } from 'react';
import type { Key } from '../../i18n/t';
import { t } from '../../i18n/t';
import { reacted } from '../../sync/overlay';
import type { Message } from '../../sync/roomlog';
import { PenIcon, PinIcon, ReplyIcon, SmileIcon, TrashIcon } from '../kit/icons';
import type { Acts } from './Message';
import css from './Actions.module.css';

export const EMOJI = ['👍', '❤️', '😂', '🎉', '😮', '🙏'] as const;

/** What can be done with the message under the pointer or the finger. */
export function Actions({ m, youId, acts }: { m: Message; youId: string; acts: Acts }) {
  const [picking, pick] = useState(false);
  const close = (act: () => void) => () => {
    act();
    pick(false);
    if (matchMedia('(hover: none)').matches) acts.close();
  };
  return (
    <div className={css.bar} role="toolbar" aria-label={t('actions')} data-actions="">
      {picking ? (
        EMOJI.map((emoji) => {
          const own = reacted(m, emoji, youId);
          return (
            <button
              key={emoji}
              type="button"
              className={css.act}
              aria-label={emoji}
              aria-pressed={own}
              onClick={close(() => acts.react(m, emoji, !own))}
            >
              {emoji}
            </button>
          );
        })
      ) : (
        <>
          <Act label="react" icon={<SmileIcon />} onClick={() => pick(true)} />
          <Act label="reply" icon={<ReplyIcon />} onClick={close(() => acts.reply(m))} />
          <Act label={m.pinned ? 'unpin' : 'pin'} icon={<PinIcon />} onClick={close(() => acts.pin(m))} />
          {m.mine && <Act label="edit" icon={<PenIcon />} onClick={close(() => acts.edit(m))} />}
          {m.mine && <Act label="delete" icon={<TrashIcon />} onClick={close(() => acts.delete(m))} />}
        </>
      )}
    </div>
  );
}

function Act({ label, icon, onClick }: { label: Key; icon: ReactNode; onClick(): void }) {
  return (
    <button type="button" className={css.act} aria-label={t(label)} title={t(label)} onClick={onClick}>
      {icon}
    </button>
  );
}
