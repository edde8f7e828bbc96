// The components of the surfaces: one line each. What is not needed to read and write comes when it is first opened.

import { Suspense, type ComponentType } from 'react';
import { later } from '../kit/lazy';
import { closeSurface, useSurface, type Surface, type Surfaces } from './surface';

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
  const surface = useSurface();
  if (!surface) return null;
  const Found = bodies[surface.kind] as ComponentType<Surface & { onClose(): void }> | undefined;
  if (!Found) return null;
  return (
    <Suspense fallback={null}>
      <Found key={keyOf(surface)} {...surface} onClose={close} />
    </Suspense>
  );
}

/** Another message or room is another dialog. */
const keyOf = (surface: Surface): string =>
  Object.values(surface)
    .map((v) => (typeof v === 'object' ? v.key : v))
    .join(' ');

/** One came from typing and goes back to it. A phone would open its keyboard for that, so not there. */
function close(): void {
  const { kind } = document.activeElement?.closest('dialog')?.dataset ?? {};
  closeSurface();
  if (kind !== 'drawer' && !matchMedia('(hover: none)').matches) toComposer();
}

/** Where one writes, if that is on the page. */
export const toComposer = (): void => document.querySelector<HTMLElement>('[data-composer]')?.focus();
