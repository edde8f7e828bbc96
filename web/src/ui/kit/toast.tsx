// One short word about something that was done, or could not be. It goes by itself, and is read aloud.

import { useEffect, useSyncExternalStore } from 'react';
import { t } from '../../i18n/t';
import { CloseIcon } from './icons';
import css from './Toast.module.css';

interface Word {
  text: string;
  /** A way back, or a way on. */
  action?: { label: string; run(): void } | undefined;
}

const SHOWN_MS = 5000;

let word: Word | null = null;
const listeners = new Set<() => void>();

function set(next: Word | null): void {
  word = next;
  for (const listener of listeners) listener();
}

/** Says it; what was said before goes. */
export const toast = (text: string, action?: Word['action']): void => set({ text, action });

function subscribe(changed: () => void): () => void {
  listeners.add(changed);
  return () => listeners.delete(changed);
}

const get = () => word;

export function Toasts() {
  const now = useSyncExternalStore(subscribe, get, get);
  useEffect(() => {
    if (!now) return undefined;
    const timer = setTimeout(() => set(null), now.action ? 2 * SHOWN_MS : SHOWN_MS);
    return () => clearTimeout(timer);
  }, [now]);
  return (
    <div className={css.place} role="status">
      {now && (
        <div className={css.toast}>
          <span className={css.text}>{now.text}</span>
          {now.action && (
            <button
              type="button"
              className={css.action}
              onClick={() => {
                now.action?.run();
                set(null);
              }}
            >
              {now.action.label}
            </button>
          )}
          <button type="button" className={css.shut} onClick={() => set(null)} aria-label={t('dismiss')}>
            <CloseIcon />
          </button>
        </div>
      )}
    </div>
  );
}
