// The hands at a picture: wheel, drag, pinch, click. A swipe with a finger turns to the next one, one downwards closes.

import { useEffect, useRef, useState, type PointerEvent, type RefObject } from 'react';
import { nearer, whole, within, zoomed, type Look, type Size } from './zoom';

interface Turns {
  next(): void;
  previous(): void;
  close(): void;
}

interface Point {
  x: number;
  y: number;
}

/** Where something happened in the window. */
interface Place {
  clientX: number;
  clientY: number;
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
  /** What is seen of it is not known where nothing is drawn yet. */
  const change = (to: (now: Look, fit: Size, of: Size) => Look) =>
    set((was) => {
      const now = was.picture === picture ? was.look : whole;
      return { picture, look: stage.current && box.current ? to(now, sizeOf(box.current), sizeOf(stage.current)) : now };
    });
  const by = (factor: number, at: Point = { x: 0, y: 0 }) => change((now, fit, of) => zoomed(now, factor, at, fit, of));
  const move = (dx: number, dy: number) =>
    change((now, fit, of) => within({ ...now, x: now.x + dx, y: now.y + dy }, fit, of));
  const all = () => change(() => whole);
  const at = (e: Place): Point => fromMiddle(stage.current, e);

  useWheel(stage, (e) => by(Math.exp(-e.deltaY * (e.ctrlKey ? 4 : 1) * WHEEL), at(e)));
  const hands = useHands(stage, {
    drags: look.scale > 1,
    move,
    spread: (factor, place) => by(factor, at(place)),
    swiped: (dx, dy) => swiped(dx, dy, turns),
    pressed: (e, sure) => {
      // Beside the picture a click closes; on it a click or two taps bring it nearer.
      if (!document.elementsFromPoint(e.clientX, e.clientY).includes(box.current as Element)) turns.close();
      else if (sure && look.scale > 1) all();
      else if (sure) by(nearer(natural, box.current?.offsetWidth ?? 0), at(e));
    },
  });
  return { stage, box, look, hands, larger: () => by(STEP), smaller: () => by(1 / STEP), all };
}

interface Hands {
  /** A finger or a mouse moves the picture; else it swipes. */
  drags: boolean;
  move(dx: number, dy: number): void;
  spread(factor: number, at: Place): void;
  swiped(dx: number, dy: number): void;
  /** `sure`: a click, or the second of two taps. */
  pressed(e: PointerEvent, sure: boolean): void;
}

/** What fingers and mouse do on the stage. */
function useHands(stage: RefObject<HTMLElement | null>, { drags, move, spread, swiped: swipe, pressed }: Hands) {
  const fingers = useRef(new Map<number, Point>());
  const from = useRef<(Point & { far: number; moved: boolean }) | null>(null);
  const tapped = useRef(0);

  const onPointerDown = (e: PointerEvent) => {
    if (e.button !== 0) return;
    stage.current?.setPointerCapture(e.pointerId);
    fingers.current.set(e.pointerId, { x: e.clientX, y: e.clientY });
    from.current = { ...middle(fingers.current), moved: fingers.current.size > 1 };
  };

  const onPointerMove = (e: PointerEvent) => {
    const start = from.current;
    if (!start || !fingers.current.has(e.pointerId)) return;
    fingers.current.set(e.pointerId, { x: e.clientX, y: e.clientY });
    const now = middle(fingers.current);
    const [dx, dy] = [now.x - start.x, now.y - start.y];
    if (Math.hypot(dx, dy) > STILL_PX) start.moved = true;
    const pinched = start.far > 0 && now.far > 0;
    // A finger on a whole picture swipes; that is told when it is lifted.
    if (!start.moved || (!pinched && !drags)) return;
    if (pinched) spread(now.far / start.far, { clientX: now.x, clientY: now.y });
    move(dx, dy);
    from.current = { ...now, moved: true };
  };

  const onPointerUp = (e: PointerEvent) => {
    const start = from.current;
    const finger = fingers.current.get(e.pointerId);
    fingers.current.delete(e.pointerId);
    from.current = fingers.current.size > 0 ? { ...middle(fingers.current), moved: true } : null;
    if (!start || !finger || from.current) return;
    const mouse = e.pointerType === 'mouse';
    if (start.moved) {
      if (!drags && !mouse) swipe(finger.x - start.x, finger.y - start.y);
      return;
    }
    const twice = e.timeStamp - tapped.current < DOUBLE_MS;
    tapped.current = twice ? 0 : e.timeStamp;
    pressed(e, mouse || twice);
  };

  const onPointerCancel = (e: PointerEvent) => {
    fingers.current.delete(e.pointerId);
    from.current = null;
  };

  return { onPointerDown, onPointerMove, onPointerUp, onPointerCancel };
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

function fromMiddle(stage: HTMLElement | null, e: Place): Point {
  const { left = 0, top = 0, width = 0, height = 0 } = stage?.getBoundingClientRect() ?? {};
  return { x: e.clientX - left - width / 2, y: e.clientY - top - height / 2 };
}

/** The point between the fingers, and how far they are apart. */
function middle(fingers: ReadonlyMap<number, Point>): Point & { far: number } {
  const [a, b] = [...fingers.values()];
  if (!a) return { x: 0, y: 0, far: 0 };
  if (!b) return { ...a, far: 0 };
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, far: Math.hypot(a.x - b.x, a.y - b.y) };
}
