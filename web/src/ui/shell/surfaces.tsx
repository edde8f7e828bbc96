// The components of the surfaces: one line each. What is not needed to read and write comes when it is first opened.

import { Suspense, useLayoutEffect, useRef, type ComponentType } from 'react';
import { later } from '../kit/lazy';
import { useRoute } from './route';
import { closeSurface, openedAt, openedByKeys, surface, useSurface, type Surface, type Surfaces } from './surface';

type Body<K extends keyof Surfaces> = ComponentType<Surfaces[K] & { onClose(): void }>;

const bodies: { [K in keyof Surfaces]?: Body<K> } = {
  rooms: later(async () => ({ default: (await import('./RoomsDrawer')).RoomsDrawer })),
  people: later(async () => ({ default: (await import('./PeopleDrawer')).PeopleDrawer })),
  browse: later(() => import('../rooms/Browse')),
  create: later(() => import('../rooms/Create')),
  direct: later(() => import('../rooms/Direct')),
  room: later(() => import('../rooms/Details')),
  pins: later(async () => ({ default: (await import('../rooms/Details')).PinsSurface })),
  switcher: later(() => import('../switcher/Switcher')),
  profile: later(() => import('../people/Profile')),
  name: later(async () => ({ default: (await import('../people/NameEditor')).NameEditor })),
  delete: later(async () => ({ default: (await import('../message/ConfirmDelete')).ConfirmDelete })),
  picture: later(() => import('../files/Lightbox')),
  react: later(() => import('../emoji/ReactDialog')),
  date: later(() => import('../history/date/DateDialog')),
  shortcuts: later(() => import('../shortcuts/Sheet')),
  delivery: later(() => import('../message/DeliveryDialog')),
  report: later(() => import('../message/ReportDialog')),
  reacted: later(() => import('../message/ReactedDialog')),
};

export const hasSurface = (kind: keyof Surfaces): boolean => bodies[kind] !== undefined;

export function SurfaceHost() {
  const open = useSurface();
  useLeaving();
  if (!open) return null;
  const Found = bodies[open.kind] as ComponentType<Surface & { onClose(): void }> | undefined;
  if (!Found) return null;
  return (
    <Suspense fallback={null}>
      <Found key={keyOf(open)} {...open} onClose={() => close(open)} />
    </Suspense>
  );
}

/** Another message or room is another dialog. */
const keyOf = (open: Surface): string =>
  Object.values(open)
    .map((v) => (typeof v === 'object' ? v.key : v))
    .join(' ');

/** What is about a place goes with it: said somewhere else, it would be about what is there. */
function useLeaving(): void {
  const route = useRoute();
  const place = route.at === 'room' ? route.room : 'part' in route ? `${route.at}/${route.part}` : route.at;
  const last = useRef(place);
  useLayoutEffect(() => {
    if (last.current !== place && openedAt() !== location.pathname) closeSurface();
    last.current = place;
  }, [place]);
}

/**
 * Closes that one, if it is still open: its answer may come when another one is. By the keyboard one is back at what opened
 * it, as the browser has seen to; by the mouse one came from typing and goes back to it. A phone would open its keyboard
 * for that, so not there.
 */
function close(which: Surface): void {
  if (surface() !== which) return;
  closeSurface();
  if (matchMedia('(hover: none)').matches) return;
  if (!openedByKeys() || document.activeElement === document.body) toComposer();
  // React takes the dialog down a moment later, and what opened it may be gone: then the focus would be nowhere.
  setTimeout(() => surface() === null && document.activeElement === document.body && toComposer());
}

/** Where one writes, if that is on the page. */
export const toComposer = (): void => document.querySelector<HTMLElement>('[data-composer]')?.focus();
