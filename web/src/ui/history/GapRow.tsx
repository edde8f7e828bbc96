import { useEffect, useRef, type RefObject } from 'react';
import { t } from '../../i18n/t';
import type { Gap } from '../../sync/roomlog';
import css from '../kit/Divider.module.css';

interface Props {
  gap: Gap;
  root: RefObject<HTMLElement | null>;
  onNeed(seq: number): void;
}

/** In place of what is not held. It is fetched before one gets there; the button is for when that failed. */
export function GapRow({ gap, root, onNeed }: Props) {
  const ref = useRef<HTMLParagraphElement>(null);
  const { seq, last } = gap;
  useEffect(() => {
    if (!ref.current || typeof IntersectionObserver === 'undefined') return undefined;
    const near = (seen: IntersectionObserverEntry[]) => seen.at(-1)?.isIntersecting && onNeed(last);
    const observer = new IntersectionObserver(near, { root: root.current, rootMargin: '150% 0px' });
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, [root, seq, last, onNeed]);
  return (
    <p ref={ref} className={css.gap} data-gap={last - seq + 1}>
      <button type="button" className={css.load} onClick={() => onNeed(last)}>
        {t('earlier')}
      </button>
    </p>
  );
}
