import { useId, type KeyboardEvent, type ReactNode } from 'react';
import css from './Tabs.module.css';

export interface Tab<K extends string> {
  key: K;
  label: string;
}

interface Props<K extends string> {
  label: string;
  tabs: readonly Tab<K>[];
  current: K;
  onTurn(key: K): void;
  children: ReactNode;
}

/** Tabs as the ARIA practices have them: one stop, arrows turn. */
export function Tabs<K extends string>({ label, tabs, current, onTurn, children }: Props<K>) {
  const id = useId();
  const onKeyDown = (e: KeyboardEvent) => {
    const at = tabs.findIndex((tab) => tab.key === current);
    const forward = getComputedStyle(e.currentTarget as Element).direction === 'rtl' ? 'ArrowLeft' : 'ArrowRight';
    const back = forward === 'ArrowLeft' ? 'ArrowRight' : 'ArrowLeft';
    const to = { [forward]: at + 1, [back]: at - 1 + tabs.length, Home: 0, End: tabs.length - 1 }[e.key];
    const next = to === undefined ? undefined : tabs[to % tabs.length];
    if (!next) return;
    e.preventDefault();
    onTurn(next.key);
    document.getElementById(`${id}-${next.key}`)?.focus();
  };
  return (
    <div className={css.tabs}>
      <div role="tablist" aria-label={label} className={css.list} onKeyDown={onKeyDown} tabIndex={-1}>
        {tabs.map((tab) => (
          <button
            key={tab.key}
            id={`${id}-${tab.key}`}
            type="button"
            role="tab"
            className={css.tab}
            aria-selected={tab.key === current}
            aria-controls={`${id}-panel`}
            tabIndex={tab.key === current ? 0 : -1}
            onClick={() => onTurn(tab.key)}
          >
            {tab.label}
          </button>
        ))}
      </div>
      <div id={`${id}-panel`} role="tabpanel" aria-labelledby={`${id}-${current}`} className={css.panel} tabIndex={0}>
        {children}
      </div>
    </div>
  );
}
