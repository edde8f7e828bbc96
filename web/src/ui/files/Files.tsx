// The parts of the page that have to do with files, each in its place from the start and there a moment later.

import { Suspense, type ComponentProps } from 'react';
import type { SentFile } from '../../proto/v1';
import type { Attachment } from '../../sync/uploading';
import { later } from '../kit/lazy';
import { placeOf } from './place';
import { useStaged } from './store';
import css from './Files.module.css';

const parts = () => import('./parts');

const Button = later(async () => ({ default: (await parts()).AttachButton }));
const Zone = later(async () => ({ default: (await parts()).DropZone }));
const Sent = later(async () => ({ default: (await parts()).Attachments }));
const Unsent = later(async () => ({ default: (await parts()).PendingFiles }));
const Tray = later(() => import('./Tray'));

export function AttachButton(props: ComponentProps<typeof Button>) {
  return (
    <Suspense fallback={<span className={props.className ?? 'icon-button'} />}>
      <Button {...props} />
    </Suspense>
  );
}

export function DropZone(props: ComponentProps<typeof Zone>) {
  return (
    <Suspense fallback={null}>
      <Zone {...props} />
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

/** The files of a message. `room`: without it, the one that is open. */
export function Attachments(props: ComponentProps<typeof Sent>) {
  return (
    <Suspense fallback={<Places files={props.files} />}>
      <Sent {...props} />
    </Suspense>
  );
}

/** Those of a message that is not sent yet. */
export function PendingFiles({ files }: { files: readonly Attachment[] }) {
  return (
    <Suspense fallback={<Places files={files} />}>
      <Unsent files={files} />
    </Suspense>
  );
}

/** What a picture alone takes, so that nothing moves when it comes. */
function Places({ files }: { files: readonly (SentFile | Attachment)[] }) {
  const [first] = files;
  if (!first) return null;
  return (
    <div className={css.files}>
      <div className={css.alone}>
        <span className={css.place} style={placeOf(first)} />
      </div>
    </div>
  );
}
