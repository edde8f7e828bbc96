import { useRef, type ReactNode } from 'react';
import { t } from '../../i18n/t';
import { reacted } from '../../sync/overlay';
import type { Message } from '../../sync/roomlog';
import { MoreIcon, PenIcon, ReplyIcon, SmileIcon } from '../kit/icons';
import type { Acts } from './Message';
import type { Rights } from './rights';
import css from './Actions.module.css';

/** One press away. */
export const QUICK = ['👍', '❤️', '😂', '🎉', '😮'] as const;

interface Props {
  m: Message;
  youId: string;
  rights: Rights;
  acts: Acts;
}

/** What one does most with the message under the pointer, the finger or the focus; the rest is in its menu. */
export default function Actions({ m, youId, rights, acts }: Props) {
  const more = useRef<HTMLButtonElement>(null);
  const done = (act: () => void) => () => {
    act();
    if (matchMedia('(hover: none)').matches) acts.close();
  };
  return (
    <div className={css.bar} role="toolbar" aria-label={t('actions')} data-actions="">
      {rights.react && (
        <>
          {QUICK.map((emoji) => {
            const own = reacted(m, emoji, youId);
            return (
              <button
                key={emoji}
                type="button"
                className={`${css.act} ${css.quick}`}
                aria-label={emoji}
                aria-pressed={own}
                onClick={done(() => acts.react(m, emoji, !own))}
              >
                {emoji}
              </button>
            );
          })}
          <Act label={t('react')} onClick={done(() => acts.pick(m))}>
            <SmileIcon />
          </Act>
        </>
      )}
      {rights.speak && (
        <Act label={t('reply')} onClick={done(() => acts.reply(m))}>
          <ReplyIcon />
        </Act>
      )}
      {m.mine && rights.edit && (
        <Act label={t('edit')} onClick={done(() => acts.edit(m))}>
          <PenIcon />
        </Act>
      )}
      <button
        ref={more}
        type="button"
        className={css.act}
        aria-haspopup="menu"
        aria-label={t('more_actions')}
        title={t('more_actions')}
        onClick={() => more.current && acts.menu(m, more.current)}
      >
        <MoreIcon />
      </button>
    </div>
  );
}

function Act({ label, onClick, children }: { label: string; onClick(): void; children: ReactNode }) {
  return (
    <button type="button" className={css.act} aria-label={label} title={label} onClick={onClick}>
      {children}
    </button>
  );
}
