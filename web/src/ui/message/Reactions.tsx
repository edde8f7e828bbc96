import { t, tn } from '../../i18n/t';
import type { Message } from '../../sync/roomlog';
import type { Acts } from './Message';
import css from './Reactions.module.css';

/** Chips under a message: how many, and whether oneself; a press joins in or takes back. */
export function Reactions({ m, youId, acts }: { m: Message; youId: string; acts: Acts }) {
  return (
    <ul className={css.chips} aria-label={t('reactions')}>
      {m.reactions.map(({ emoji, count, people }) => {
        const own = people.includes(youId);
        return (
          <li key={emoji}>
            <button
              type="button"
              className={own ? `${css.chip} ${css.own}` : css.chip}
              aria-pressed={own}
              aria-label={tn('reaction', count, { emoji })}
              data-reaction={emoji}
              onClick={() => acts.react(m, emoji, !own)}
            >
              <span className={css.emoji}>{emoji}</span>
              <span className={css.count}>{count}</span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
