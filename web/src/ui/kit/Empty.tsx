import type { ReactNode } from 'react';
import { Mark } from './Mark';
import css from './Empty.module.css';

/** Where there is nothing yet, or nothing any more: what it is that is not there, and what would bring it. */
export function Empty({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className={css.empty}>
      <Mark />
      <h2 className={css.title}>{title}</h2>
      <p>{children}</p>
    </div>
  );
}
