// The drawers of a phone follow the finger: a swipe from the near half of the screen brings the rooms, one back takes them, or
// the people, away.
//
// The browser decides first. What scrolls up and down keeps doing so, and code that is wider than the screen goes sideways:
// then it takes the finger away from here (pointercancel). The style sheet only tells it that nothing else goes sideways.

import { closeSurface, show, surface } from './surface';
import { mayBegin, Speed, staysOpen, wants } from './swiping';
import './swipe.css';

/** As long as the way of the drawer that is left takes; the style sheet has the same. */
const SETTLE_MS = 180;
/** What has a use of its own for a finger that moves sideways. */
const OWN = 'input, textarea, select, audio, video, [role=slider], [role=tablist], [popover]';

interface Touch {
  id: number;
  x: number;
  y: number;
  ms: number;
  opens: boolean;
  /** The direction on the screen in which the drawer opens: 1 is to the right. */
  way: 1 | -1;
  /** How wide the drawer is; 0 while the finger has not decided. */
  width: number;
  /** How much of it is seen, in pixels. */
  seen: number;
  speed: Speed;
}

let touch: Touch | null = null;

export function beginSwipe(): void {
  on('pointerdown', down);
  on('pointermove', move);
  on('pointerup', (e) => up(e, false));
  on('pointercancel', (e) => up(e, true));
  visualViewport?.addEventListener('resize', zoomed);
  zoomed();
}

type Kind = 'pointerdown' | 'pointermove' | 'pointerup' | 'pointercancel';

function on(kind: Kind, run: (e: PointerEvent) => void): void {
  document.addEventListener(kind, (e) => e.pointerType === 'touch' && run(e), { passive: true });
}

/** Magnified, the page itself goes sideways under the finger. */
function zoomed(): void {
  document.documentElement.toggleAttribute('data-swipes', (visualViewport?.scale ?? 1) < 1.05);
}

const drawer = (): HTMLDialogElement | null => document.querySelector('dialog[open]');

function down(e: PointerEvent): void {
  // A second finger ends it.
  if (touch) return settle(touch, !touch.opens);
  const from = startOf(e);
  if (!from || !e.isPrimary) return;
  touch = { ...from, id: e.pointerId, x: e.clientX, y: e.clientY, ms: e.timeStamp, width: 0, seen: 0, speed: new Speed() };
}

/** What a finger that comes down there may do: open the rooms, or close the drawer that is open. */
function startOf(e: PointerEvent): { opens: boolean; way: 1 | -1 } | null {
  const root = document.documentElement;
  const toRight = getComputedStyle(root).direction !== 'rtl';
  const target = e.target as Element;
  if (!root.hasAttribute('data-swipes') || root.dataset.swiping || target.closest(OWN) || sideways(target)) return null;
  const kind = surface()?.kind;
  if (kind === 'rooms' || kind === 'people') return { opens: false, way: (kind === 'rooms') === toRight ? 1 : -1 };
  if (kind || drawer() || getSelection()?.isCollapsed === false || !hasDrawer()) return null;
  const x = toRight ? e.clientX : innerWidth - e.clientX;
  return mayBegin(x, innerWidth) ? { opens: true, way: toRight ? 1 : -1 } : null;
}

/** Where there is space the rooms stand beside the talk; and the pages that fill the window have none. */
const hasDrawer = (): boolean => matchMedia('(width < 48rem)').matches && document.querySelector('#talk') !== null;

/** Whether it, or what it is in, scrolls sideways. */
function sideways(target: Element): boolean {
  for (let at: Element | null = target; at; at = at.parentElement) {
    if (at.scrollWidth > at.clientWidth + 1 && /auto|scroll/.test(getComputedStyle(at).overflowX)) return true;
  }
  return false;
}

function move(e: PointerEvent): void {
  if (!touch || e.pointerId !== touch.id) return;
  const along = (e.clientX - touch.x) * touch.way;
  touch.speed.add(along, e.timeStamp);
  if (touch.width === 0) {
    const said = wants(touch.opens ? along : -along, e.clientY - touch.y, e.timeStamp - touch.ms);
    if (said === 'no') touch = null;
    if (said !== 'yes' || !touch) return;
    if (touch.opens) show('rooms', {});
    // As the style sheet of the drawers has it; it may not be drawn yet.
    const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
    touch.width = drawer()?.offsetWidth || Math.min(20 * rem, 0.84 * innerWidth);
    document.documentElement.dataset.swiping = 'by-hand';
  }
  draw(touch, Math.max(0, Math.min(touch.width, touch.opens ? along : touch.width + along)));
}

function draw(of: Touch, seen: number): void {
  of.seen = seen;
  const { style } = document.documentElement;
  style.setProperty('--drawer-off', `${of.way * (seen - of.width)}px`);
  style.setProperty('--drawer-share', String(seen / of.width));
}

function up(e: PointerEvent, taken: boolean): void {
  if (!touch || e.pointerId !== touch.id) return;
  const { opens, width, seen, speed } = touch;
  settle(touch, taken ? !opens : staysOpen(seen / (width || 1), speed.now(e.timeStamp)));
}

/** The rest of the way; then all is as if a button had been pressed. */
function settle(of: Touch, open: boolean): void {
  touch = null;
  if (of.width === 0) return;
  const root = document.documentElement;
  root.dataset.swiping = 'settling';
  draw(of, open ? of.width : 0);
  const done = () => {
    const dialog = drawer();
    // It is where it belongs already, and does not come in once more.
    if (dialog && open) dialog.style.animation = 'none';
    else if (dialog) dialog.close();
    else if (!open) closeSurface();
    delete root.dataset.swiping;
  };
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) done();
  else setTimeout(done, SETTLE_MS);
}
