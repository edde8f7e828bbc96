import css from './Ring.module.css';

/** How much of a file has gone. For the eye; words say it, too. */
export function Ring({ part }: { part: number }) {
  return (
    <svg className={css.ring} viewBox="0 0 36 36" aria-hidden="true" focusable="false">
      <circle className={css.way} cx="18" cy="18" r="15" pathLength="100" />
      <circle className={css.gone} cx="18" cy="18" r="15" pathLength="100" strokeDasharray={`${Math.round(part * 100)} 100`} />
    </svg>
  );
}
