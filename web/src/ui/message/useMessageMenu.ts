// The ways to what can be done with a message: the mouse over it, the secondary button, Enter, a long press. The listeners
// stand on the list, not on each row.

import { useMemo, useState } from 'react';
import type { Point } from '../kit/Menu';

/** The message whose menu is open, and where. */
export interface MenuAt {
  key: string;
  at: Element | Point;
}

const LONG_MS = 500;
/** By then the browser has closed what it closes when a finger leaves. */
const LEFT_MS = 50;
/** A finger that moves farther than this scrolls. */
const STEADY = 10;
/** What has a menu, or a meaning to the keyboard, of its own. */
const OWN = 'a[href], button, input, textarea, audio, video';

type Event = { target: unknown; preventDefault(): void };
type Touches = Event & { touches: ArrayLike<{ clientX: number; clientY: number }> };

const rowOf = (e: { target: unknown }): HTMLElement | null => (e.target as Element).closest<HTMLElement>('[data-message][data-seq]');

export function useMessageMenu() {
  const [menu, setMenu] = useState<MenuAt | null>(null);
  const listeners = useMemo(() => {
    const open = (row: HTMLElement | null, at: Element | Point) => {
      const key = row?.dataset.key;
      if (key !== undefined) setMenu((was) => (was?.key === key ? was : { key, at }));
      return key !== undefined;
    };
    return { ...longPress(open), onContextMenu: secondary(open), onKeyDown: enter(open) };
  }, []);
  return { menu, openMenu: setMenu, listeners };
}

type Open = (row: HTMLElement | null, at: Element | Point) => boolean;

/** Whoever has selected something, or points at a link or a picture, wants the browser's own menu. */
const secondary = (open: Open) => (e: Event & { clientX: number; clientY: number }) => {
  const target = e.target as Element;
  const selected = getSelection()?.isCollapsed === false && matchMedia('(hover: hover)').matches;
  if (selected || target.closest('a[href], img, audio, video')) return;
  const row = rowOf(e);
  // The key that asks for a menu names no point.
  const at = e.clientX === 0 && e.clientY === 0 && row ? row : { x: e.clientX, y: e.clientY };
  if (open(row, at)) e.preventDefault();
};

const enter = (open: Open) => (e: Event & { key: string }) => {
  const row = rowOf(e);
  if (e.key === 'Enter' && row === e.target && open(row, row as Element)) e.preventDefault();
};

/** Not every browser tells of a long press by itself. */
function longPress(open: Open) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let from: Point | null = null;
  let again: (() => void) | null = null;
  const stop = () => {
    clearTimeout(timer);
    from = null;
  };
  return {
    onTouchStart(e: Touches) {
      stop();
      again = null;
      const touch = e.touches[0];
      const row = rowOf(e);
      if (!touch || e.touches.length > 1 || !row || (e.target as Element).closest(OWN)) return;
      const at = { x: touch.clientX, y: touch.clientY };
      from = at;
      timer = setTimeout(() => {
        if (open(row, at)) again = () => open(row, at);
      }, LONG_MS);
    },
    onTouchMove(e: Touches) {
      const touch = e.touches[0];
      if (touch && from && Math.hypot(touch.clientX - from.x, touch.clientY - from.y) > STEADY) stop();
    },
    onTouchEnd(e: Event) {
      stop();
      if (!again) return;
      // The click that would follow belongs to the finger that opened the menu, and so does its leaving, which some
      // browsers take for a press outside of the menu.
      e.preventDefault();
      setTimeout(again, LEFT_MS);
    },
    onTouchCancel: stop,
  };
}
