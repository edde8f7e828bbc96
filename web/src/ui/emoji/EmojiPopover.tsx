import { useLayoutEffect, useRef } from 'react';
import { EmojiPicker } from './EmojiPicker';
import { t } from './words';
import css from './EmojiPopover.module.css';

interface Props {
  /** What opened it; it stands over that, or at the foot of a small screen. */
  anchor: Element;
  onPick(glyph: string): void;
  onClose(): void;
}

const EDGE = 8;

/** The emoji over the page, closed by Escape or a press elsewhere. */
export default function EmojiPopover({ anchor, onPick, onClose }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const closed = useRef(onClose);
  closed.current = onClose;
  useLayoutEffect(() => {
    const over = box.current;
    if (!over) return undefined;
    over.showPopover?.();
    place(over, anchor);
    const toggled = (e: Event) => (e as ToggleEvent).newState === 'closed' && closed.current();
    const resized = () => place(over, anchor);
    over.addEventListener('toggle', toggled);
    window.addEventListener('resize', resized);
    return () => {
      over.removeEventListener('toggle', toggled);
      window.removeEventListener('resize', resized);
    };
  }, [anchor]);
  const pick = (glyph: string, more: boolean) => {
    onPick(glyph);
    if (!more) closed.current();
  };
  return (
    <div ref={box} className={css.over} popover="auto" role="dialog" aria-label={t('title')}>
      <EmojiPicker onPick={pick} />
    </div>
  );
}

/** Beside what opened it, over the form in which that stands. The style sheet overrules this where it is a sheet. */
function place(over: HTMLElement, anchor: Element): void {
  const { left, right } = anchor.getBoundingClientRect();
  const { top, bottom } = (anchor.closest('form') ?? anchor).getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = over;
  const start = getComputedStyle(over).direction === 'rtl' ? right - width : left;
  const above = top - height - EDGE;
  over.style.left = `${Math.max(EDGE, Math.min(start, innerWidth - width - EDGE))}px`;
  over.style.top = `${Math.max(EDGE, above >= EDGE ? above : Math.min(bottom + EDGE, innerHeight - height - EDGE))}px`;
}
