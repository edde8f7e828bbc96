import css from './Ring.module.css';

/** How much of a file has gone; as long as that is nothing, it turns. For the eye: words say it, too. */
export function Ring({ part }: { part: number }) {
  const shown = part > 0 ? Math.round(part * 100) : 20;
  return (
    <svg className={part > 0 ? css.ring : `${css.ring} ${css.turning}`} viewBox="0 0 36 36" aria-hidden="true" focusable="false">
      <circle className={css.way} cx="18" cy="18" r="15" pathLength="100" />
      <circle className={css.gone} cx="18" cy="18" r="15" pathLength="100" strokeDasharray={`${shown} 100`} />
    </svg>
  );
}
