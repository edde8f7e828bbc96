import { useCallback, useEffect, useRef, useState, type RefObject } from 'react';
import { t } from '../../i18n/t';
import type { Gap } from '../../sync/roomlog';
import css from '../kit/Divider.module.css';

/** So long it may take before it is said that it did not work. */
const PATIENCE_MS = 8000;

interface Props {
  gap: Gap;
  root: RefObject<HTMLElement | null>;
  connected: boolean;
  onNeed(seq: number): void;
}

/**
 * In place of what is not held, so that nothing is ever missing without a word. It is fetched a screen and a half before one
 * gets there; the button is for when that did not work.
 */
export function GapRow({ gap, root, connected, onNeed }: Props) {
  const ref = useRef<HTMLParagraphElement>(null);
  const { seq, last } = gap;
  const [asked, setAsked] = useState<'no' | 'yes' | 'late'>('no');
  const ask = useCallback(() => {
    setAsked('yes');
    onNeed(last);
  }, [last, onNeed]);

  useEffect(() => {
    // oxlint-disable-next-line react/set-state-in-effect -- another part of it is missing now, which is to be asked for anew
    setAsked('no');
    if (!ref.current || typeof IntersectionObserver === 'undefined') return undefined;
    const near = (seen: IntersectionObserverEntry[]) => void (seen.at(-1)?.isIntersecting && ask());
    const observer = new IntersectionObserver(near, { root: root.current, rootMargin: '150% 0px' });
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, [root, seq, ask]);

  useEffect(() => {
    if (asked !== 'yes' || !connected) return undefined;
    const timer = setTimeout(() => setAsked('late'), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [asked, connected, seq, last]);

  const waits = asked === 'yes';
  return (
    <p ref={ref} className={css.gap} data-gap={last - seq + 1} data-asked={asked}>
      {waits && (
        <span className={css.wait}>
          {connected && <span className={css.spinner} aria-hidden="true" />}
          {t(connected ? 'loading' : 'gap_away')}
        </span>
      )}
      {asked === 'late' && <span>{t('gap_late')}</span>}
      {!waits && (
        <button type="button" className={css.load} onClick={ask}>
          {t(asked === 'late' ? 'retry' : 'earlier')}
        </button>
      )}
    </p>
  );
}
