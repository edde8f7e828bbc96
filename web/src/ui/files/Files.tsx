// The parts of the page that have to do with files, each in its place from the start and there a moment later.

import { Suspense, type ComponentProps } from 'react';
import { later } from '../kit/lazy';
import { placeOf } from './place';
import { useStaged } from './store';
import css from './Files.module.css';

const parts = () => import('./parts');

const Button = later(async () => ({ default: (await parts()).AttachButton }));
const Shown = later(async () => ({ default: (await parts()).MessageFiles }));
const Tray = later(() => import('./Tray'));

export function AttachButton(props: ComponentProps<typeof Button>) {
  return (
    <Suspense fallback={<span className={props.className ?? 'icon-button'} />}>
      <Button {...props} />
    </Suspense>
  );
}

/** Over the field in which one writes, when there is something in it. */
export function AttachmentTray({ room }: { room: string }) {
  const files = useStaged(room);
  if (files.length === 0) return null;
  return (
    <Suspense fallback={null}>
      <Tray room={room} />
    </Suspense>
  );
}

/** The files of a message, sent or not. Until the part is here, what a picture alone takes, so that nothing moves. */
export function MessageFiles(props: ComponentProps<typeof Shown>) {
  const [first] = props.m.attachments ?? props.m.files;
  const place = (
    <div className={css.files}>
      <div className={css.alone}>
        <span className={css.place} style={first && placeOf(first)} />
      </div>
    </div>
  );
  return (
    <Suspense fallback={place}>
      <Shown {...props} />
    </Suspense>
  );
}
