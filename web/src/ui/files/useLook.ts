// The hands at a picture: wheel, drag, pinch, click. A swipe with a finger turns to the next one, one downwards closes.

import { useEffect, useRef, useState, type PointerEvent, type RefObject } from 'react';
import { nearer, whole, within, zoomed, type Look, type Size } from './zoom';

interface Turns {
  next(): void;
  previous(): void;
  close(): void;
}

interface Finger {
  x: number;
  y: number;
}

const SWIPE_PX = 60;
const STILL_PX = 6;
const DOUBLE_MS = 300;
const WHEEL = 0.0022;
const STEP = 1.5;

const sizeOf = (e: HTMLElement): Size => ({ width: e.offsetWidth, height: e.offsetHeight });

/** `natural`: how many pixels the picture is wide. Another `picture` is looked at as a whole. */
export function useLook(picture: string, natural: number, turns: Turns) {
  const stage = useRef<HTMLDivElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const [ofPicture, set] = useState({ picture, look: whole });
  const look = ofPicture.picture === picture ? ofPicture.look : whole;
  const setLook = (to: (now: Look) => Look) =>
    set((was) => ({ picture, look: to(was.picture === picture ? was.look : whole) }));
  const fingers = useRef(new Map<number, Finger>());
  const from = useRef<{ x: number; y: number; far: number; moved: boolean } | null>(null);
  const tapped = useRef(0);

  const by = (factor: number, at = { x: 0, y: 0 }) =>
    setLook((now) => (stage.current && box.current ? zoomed(now, factor, at, sizeOf(box.current), sizeOf(stage.current)) : now));
  useWheel(stage, (e) => by(Math.exp(-e.deltaY * (e.ctrlKey ? 4 : 1) * WHEEL), fromMiddle(stage.current, e)));

  const toggle = (e: PointerEvent) => {
    if (look.scale > 1) return setLook(() => whole);
    return by(nearer(natural, box.current?.offsetWidth ?? 0), fromMiddle(stage.current, e));
  };

  const onPointerDown = (e: PointerEvent) => {
    if (e.button !== 0) return;
    stage.current?.setPointerCapture(e.pointerId);
    fingers.current.set(e.pointerId, { x: e.clientX, y: e.clientY });
    const { x, y, far } = middle(fingers.current);
    from.current = { x, y, far, moved: fingers.current.size > 1 };
  };

  const onPointerMove = (e: PointerEvent) => {
    const start = from.current;
    if (!start || !fingers.current.has(e.pointerId)) return;
    fingers.current.set(e.pointerId, { x: e.clientX, y: e.clientY });
    const now = middle(fingers.current);
    const [dx, dy] = [now.x - start.x, now.y - start.y];
    if (Math.hypot(dx, dy) > STILL_PX) start.moved = true;
    if (!start.moved) return;
    const pinched = start.far > 0 && now.far > 0;
    // A finger on a whole picture swipes; that is told when it is lifted.
    if (!pinched && look.scale === 1) return;
    if (pinched) by(now.far / start.far, fromMiddle(stage.current, { clientX: now.x, clientY: now.y }));
    setLook((was) => within({ ...was, x: was.x + dx, y: was.y + dy }, sizeOf(box.current as HTMLElement), sizeOf(stage.current as HTMLElement)));
    from.current = { ...now, moved: true };
  };

  const onPointerUp = (e: PointerEvent) => {
    const start = from.current;
    const finger = fingers.current.get(e.pointerId);
    fingers.current.delete(e.pointerId);
    if (!start || !finger) return;
    from.current = fingers.current.size > 0 ? { ...middle(fingers.current), moved: true } : null;
    if (from.current) return;
    if (!start.moved) return pressed(e);
    if (look.scale === 1 && e.pointerType !== 'mouse') swiped(finger.x - start.x, finger.y - start.y, turns);
  };

  /** Beside the picture a click closes; on it a click or two taps bring it nearer. */
  const pressed = (e: PointerEvent) => {
    const inside = document.elementsFromPoint(e.clientX, e.clientY).includes(box.current as Element);
    if (!inside) return turns.close();
    if (e.pointerType === 'mouse') return toggle(e);
    const twice = e.timeStamp - tapped.current < DOUBLE_MS;
    tapped.current = twice ? 0 : e.timeStamp;
    return twice ? toggle(e) : undefined;
  };

  const onPointerCancel = (e: PointerEvent) => {
    fingers.current.delete(e.pointerId);
    from.current = null;
  };

  const hands = { onPointerDown, onPointerMove, onPointerUp, onPointerCancel };
  return { stage, box, look, hands, larger: () => by(STEP), smaller: () => by(1 / STEP), all: () => setLook(() => whole) };
}

/** Not as a property: a passive listener could not keep the browser from zooming the page. */
function useWheel(stage: RefObject<HTMLElement | null>, onWheel: (e: WheelEvent) => void): void {
  const latest = useRef(onWheel);
  latest.current = onWheel;
  useEffect(() => {
    const element = stage.current;
    const turned = (e: WheelEvent) => {
      e.preventDefault();
      latest.current(e);
    };
    element?.addEventListener('wheel', turned, { passive: false });
    return () => element?.removeEventListener('wheel', turned);
  }, [stage]);
}

function swiped(dx: number, dy: number, { next, previous, close }: Turns): void {
  if (dy > SWIPE_PX && dy > 2 * Math.abs(dx)) close();
  else if (Math.abs(dx) > SWIPE_PX && Math.abs(dx) > 1.5 * Math.abs(dy)) (dx < 0 ? next : previous)();
}

function fromMiddle(stage: HTMLElement | null, e: { clientX: number; clientY: number }): { x: number; y: number } {
  const { left = 0, top = 0, width = 0, height = 0 } = stage?.getBoundingClientRect() ?? {};
  return { x: e.clientX - left - width / 2, y: e.clientY - top - height / 2 };
}

/** The point between the fingers, and how far they are apart. */
function middle(fingers: ReadonlyMap<number, Finger>): Finger & { far: number } {
  const [a, b] = [...fingers.values()];
  if (!a) return { x: 0, y: 0, far: 0 };
  if (!b) return { ...a, far: 0 };
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, far: Math.hypot(a.x - b.x, a.y - b.y) };
}
