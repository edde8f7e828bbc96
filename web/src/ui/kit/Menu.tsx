// A menu as the ARIA practices have it: opened by a button or at a point, moved through by arrows, Home, End and first
// letters, closed by Escape, Tab or a press elsewhere, after which the focus is where it was. On a phone it is a sheet at
// the foot of the screen.

import { useLayoutEffect, useRef, type KeyboardEvent, type ReactNode } from 'react';
import css from './Menu.module.css';

export interface Item {
  label: string;
  /** What it does. The menu is closed before. */
  run(): void;
  icon?: ReactNode;
  danger?: boolean;
  /** For a choice: whether it is the one chosen. */
  checked?: boolean;
  /** The keys that do the same. */
  keys?: string;
}

/** What stands in a menu: items, and `null` for a line between them. */
export type Items = readonly (Item | null)[];

export interface Point {
  x: number;
  y: number;
}

interface Props {
  label: string;
  items: Items;
  /** The button that opened it, or the point that was pressed. */
  anchor: Element | Point;
  onClose(): void;
  /** Something over the items, such as a row of reactions. It may close the menu itself. */
  children?: ReactNode;
}

const EDGE = 8;

/** An open menu. It is drawn over everything (a popover), wherever it stands in the tree. */
export function Menu({ label, items, anchor, onClose, children }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const closed = useRef(onClose);
  closed.current = onClose;

  useLayoutEffect(() => {
    const menu = box.current;
    if (!menu) return undefined;
    const before = document.activeElement;
    menu.showPopover?.();
    buttons(menu)[0]?.focus({ preventScroll: true });
    const toggled = (e: Event) => (e as ToggleEvent).newState === 'closed' && closed.current();
    menu.addEventListener('toggle', toggled);
    return () => {
      menu.removeEventListener('toggle', toggled);
      // Only a focus that would be lost: an item may have put it somewhere.
      const lost = document.activeElement === null || document.activeElement === document.body || menu.contains(document.activeElement);
      if (lost && before instanceof HTMLElement) before.focus({ preventScroll: true });
    };
  }, [anchor]);
  // What is known a moment later makes it longer.
  useLayoutEffect(() => {
    if (box.current) place(box.current, anchor);
  }, [items.length, anchor]);

  const onKeyDown = (e: KeyboardEvent) => {
    const all = box.current ? buttons(box.current) : [];
    const at = all.indexOf(document.activeElement as HTMLElement);
    const next = stepped(e.key, at, all);
    if (next) next.focus();
    else if (e.key === 'Escape' || e.key === 'Tab') closed.current();
    else return;
    e.preventDefault();
    e.stopPropagation();
  };

  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- the keys are those of the menu within
    <div ref={box} className={css.menu} popover="auto" onKeyDown={onKeyDown}>
      {children}
      <div role="menu" aria-label={label} tabIndex={-1}>
        {items.map((item, i) =>
          item ? (
            <button
              key={item.label}
              type="button"
              role={item.checked === undefined ? 'menuitem' : 'menuitemradio'}
              aria-checked={item.checked}
              tabIndex={-1}
              className={item.danger ? `${css.item} ${css.danger}` : css.item}
              onClick={() => {
                closed.current();
                item.run();
              }}
            >
              <span className={css.icon}>{item.icon ?? (item.checked ? '✓' : null)}</span>
              <span className={css.words}>{item.label}</span>
              {item.keys && <kbd className={css.keys}>{item.keys}</kbd>}
            </button>
          ) : (
            // oxlint-disable-next-line react/no-array-index-key -- a line has no identity beyond its place
            <hr key={i} className={css.line} />
          ),
        )}
      </div>
    </div>
  );
}

const buttons = (menu: Element): HTMLElement[] => [...menu.querySelectorAll<HTMLElement>('button')];

function stepped(key: string, at: number, all: HTMLElement[]): HTMLElement | undefined {
  const count = all.length;
  if (key === 'ArrowDown') return all[(at + 1) % count];
  if (key === 'ArrowUp') return all[(Math.max(at, 0) - 1 + count) % count];
  if (key === 'Home') return all[0];
  if (key === 'End') return all[count - 1];
  if (key.length !== 1 || key === ' ') return undefined;
  const from = [...all.slice(at + 1), ...all.slice(0, at + 1)];
  return from.find((b) => b.textContent?.trim().toLocaleLowerCase().startsWith(key.toLocaleLowerCase()));
}

/** Beside what opened it, within the window. The style sheet overrules this where the menu is a sheet. */
function place(menu: HTMLElement, anchor: Element | Point): void {
  const { left, right, top, bottom } =
    anchor instanceof Element ? anchor.getBoundingClientRect() : { left: anchor.x, right: anchor.x, top: anchor.y, bottom: anchor.y };
  const { offsetWidth: width, offsetHeight: height } = menu;
  const toRight = getComputedStyle(menu).direction !== 'rtl';
  const start = toRight === left + width + EDGE <= innerWidth ? left : right - width;
  const under = bottom + height + EDGE <= innerHeight || top < height + EDGE;
  menu.style.left = `${clamp(start, innerWidth - width - EDGE)}px`;
  menu.style.top = `${clamp(under ? bottom + 4 : top - height - 4, innerHeight - height - EDGE)}px`;
}

const clamp = (value: number, most: number): number => Math.max(EDGE, Math.min(value, most));

export default Menu;
