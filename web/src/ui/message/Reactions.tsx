import { useId, useState } from 'react';
import { t, tn } from '../../i18n/t';
import type { Reaction } from '../../proto/v1';
import type { Message } from '../../sync/roomlog';
import { SmileIcon } from '../kit/icons';
import type { Acts } from './Message';
import { namesOf } from './names';
import css from './Reactions.module.css';

interface Props {
  m: Message;
  youId: string;
  /** Whether one may join in. */
  may: boolean;
  acts: Acts;
}

/** Chips under a message: how many, and whether oneself; a press joins in or takes back. */
export function Reactions({ m, youId, may, acts }: Props) {
  return (
    <ul className={css.chips} aria-label={t('reactions')}>
      {m.reactions.map((reaction) => (
        <li key={reaction.emoji} className={css.place}>
          <Chip m={m} reaction={reaction} youId={youId} may={may} acts={acts} />
        </li>
      ))}
      {may && (
        <li>
          <button type="button" className={`${css.chip} ${css.add}`} aria-label={t('react_more')} title={t('react_more')} onClick={() => acts.pick(m)}>
            <SmileIcon />
          </button>
        </li>
      )}
    </ul>
  );
}

function Chip({ m, reaction, youId, may, acts }: Props & { reaction: Reaction }) {
  const { emoji, count, people } = reaction;
  const own = people.includes(youId);
  const [asked, ask] = useState(false);
  const id = useId();
  return (
    <>
      <button
        type="button"
        className={own ? `${css.chip} ${css.own}` : css.chip}
        aria-pressed={own}
        aria-label={tn('reaction', count, { emoji })}
        aria-describedby={asked ? id : undefined}
        data-reaction={emoji}
        // Who may not join in still wants to know who did.
        aria-disabled={!may}
        onClick={() => may && acts.react(m, emoji, !own)}
        onMouseEnter={() => ask(true)}
        onMouseLeave={() => ask(false)}
        onFocus={() => ask(true)}
        onBlur={() => ask(false)}
      >
        <span className={css.emoji}>{emoji}</span>
        <span className={css.count}>{count}</span>
      </button>
      {asked && (
        <span id={id} role="tooltip" className={css.names}>
          {namesOf(reaction, youId, acts.nameOf)}
        </span>
      )}
    </>
  );
}
