// The mark: two voices that overlap. The same drawing as /favicon.svg, here in the page's own colours.

import css from './Mark.module.css';

export function Mark() {
  return (
    <svg className={css.mark} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <path
        className={css.back}
        d="M19.6 2.5c6.1 0 10.9 4.4 10.9 9.9 0 2.7-1.1 5.1-3 6.9l.8 3.4c.2.7-.5 1.3-1.2 1l-4.3-1.8c-1 .3-2.1.4-3.2.4-6.1 0-10.9-4.4-10.9-9.9s4.8-9.9 10.9-9.9Z"
      />
      <path
        className={css.front}
        d="M12.4 8.5C6.3 8.5 1.5 12.9 1.5 18.4c0 2.7 1.1 5.1 3 6.9l-.8 3.4c-.2.7.5 1.3 1.2 1l4.3-1.8c1 .3 2.1.4 3.2.4 6.1 0 10.9-4.4 10.9-9.9s-4.8-9.9-10.9-9.9Z"
      />
      <circle className={css.dot} cx="7.9" cy="18.4" r="1.6" />
      <circle className={css.dot} cx="12.4" cy="18.4" r="1.6" />
      <circle className={css.dot} cx="16.9" cy="18.4" r="1.6" />
    </svg>
  );
}
