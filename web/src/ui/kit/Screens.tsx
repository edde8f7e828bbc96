// A page of several screens, such as the settings: its own list of parts at one side, the chosen part beside it. On a phone
// the list is a screen of its own, from which one comes back by the arrow or the browser's way back.

import { useEffect, useRef, type ReactNode } from 'react';
import { t } from '../../i18n/t';
import { CloseIcon } from './icons';
import { BackIcon } from './moreIcons';
import css from './Screens.module.css';

export interface Screen {
  key: string;
  label: string;
  icon?: ReactNode;
  /** A number that asks for attention. */
  count?: number;
}

interface Props {
  title: string;
  /** In groups, which a line divides. */
  screens: readonly (readonly Screen[])[];
  /** Of the open one; empty: the list, where there is room for no more. */
  current: string;
  /** What stands before the key in the address: "/settings". */
  base: string;
  /** Where closing leads. */
  back: string;
  /** Whether the parts are read from top to bottom, rather than used as tables. */
  narrow?: boolean;
  children: ReactNode;
}

export function Screens({ title, screens, current, base, back, narrow, children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  const open = screens.flat().find((s) => s.key === current);
  // Another screen is another page to whoever hears it.
  useEffect(() => heading.current?.focus(), [current]);
  return (
    <div className={current ? `${css.page} ${css.chosen}` : css.page}>
      <nav className={css.nav} aria-label={title}>
        <div className={css.top}>
          <a className="icon-button" href={back} aria-label={t('close')}>
            <CloseIcon />
          </a>
          {/* The chosen part's heading is the page's, where one is chosen. */}
          {current ? <p className={css.title}>{title}</p> : <h1 className={css.title}>{title}</h1>}
        </div>
        {screens.map((group) => (
          <ul key={group[0]?.key} className={css.group}>
            {group.map((s) => (
              <li key={s.key}>
                <a className={css.link} href={`${base}/${s.key}`} aria-current={s.key === current ? 'page' : undefined}>
                  {s.icon}
                  <span className={css.label}>{s.label}</span>
                  {s.count ? <span className="badge">{s.count}</span> : null}
                </a>
              </li>
            ))}
          </ul>
        ))}
      </nav>
      <main className={css.main}>
        <div className={narrow ? `${css.inside} ${css.narrow}` : css.inside}>
          <div className={css.head}>
            <a className={`icon-button ${css.back}`} href={base} aria-label={title}>
              <BackIcon />
            </a>
            {open && (
              <h1 ref={heading} className={css.heading} tabIndex={-1}>
                {open.label}
              </h1>
            )}
          </div>
          {children}
        </div>
      </main>
    </div>
  );
}
