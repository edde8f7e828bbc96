import { useEffect, useRef, useState, type RefObject } from 'react';
import { dayLabel, dayOf } from '../../i18n/time';
import css from './Above.module.css';

/** So long after the last movement it still shows. */
const LINGER_MS = 1200;

/**
 * Which day one reads, while one scrolls. Seen only: each day's own line says it to everybody. It asks for the layout once a
 * frame of scrolling, when the layout is known, and costs nothing otherwise.
 */
export function FloatingDay({ scroller, today }: { scroller: RefObject<HTMLElement | null>; today: number }) {
  const [day, setDay] = useState<number | null>(null);
  const [shown, setShown] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  useEffect(() => {
    const box = scroller.current;
    if (!box) return undefined;
    let frame = 0;
    let top = box.scrollTop;
    let height = box.scrollHeight;
    const look = () => {
      frame = 0;
      // What comes below moves the list, too, and that is not somebody who scrolls.
      const moved = box.scrollTop !== top && box.scrollHeight === height;
      top = box.scrollTop;
      height = box.scrollHeight;
      if (!moved) return;
      const ts = topDay(box);
      setDay(ts);
      setShown(ts !== null);
      clearTimeout(timer.current);
      timer.current = setTimeout(() => setShown(false), LINGER_MS);
    };
    const onScroll = () => {
      frame ||= requestAnimationFrame(look);
    };
    box.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      box.removeEventListener('scroll', onScroll);
      cancelAnimationFrame(frame);
      clearTimeout(timer.current);
    };
  }, [scroller]);

  if (day === null) return null;
  return (
    <p className={shown ? `${css.day} ${css.shown}` : css.day} aria-hidden="true" data-floating-day={shown ? '' : undefined}>
      {dayLabel(day, today)}
    </p>
  );
}

/** The day of the first message in view; null where its own line is in view, which says the same. */
function topDay(box: HTMLElement): number | null {
  const { top } = box.getBoundingClientRect();
  const rows = [...box.querySelectorAll<HTMLElement>('[data-ts]')];
  let lo = 0;
  let hi = rows.length;
  while (lo < hi) {
    const mid = (lo + hi) >> 1;
    if ((rows[mid] as HTMLElement).getBoundingClientRect().bottom > top + 8) hi = mid;
    else lo = mid + 1;
  }
  const row = rows[lo];
  if (!row) return null;
  const own = row.querySelector('h3')?.getBoundingClientRect();
  if (own && own.bottom > top) return null;
  return dayOf(Number(row.dataset.ts));
}
