import { Suspense, useState, type ReactNode } from 'react';
import type { RoomView } from '../../sync/room';
import { later } from '../kit/lazy';
import type { Point } from '../kit/Menu';
import { MoreIcon } from '../kit/icons';

const Menu = later(() => import('./RoomMenu'));

/** The menu of a room at a place, or nothing. */
export function RoomMenuAt({ room, at, onClose }: { room: RoomView; at: Element | Point | null; onClose(): void }): ReactNode {
  if (!at) return null;
  return (
    <Suspense fallback={null}>
      <Menu room={room} anchor={at} onClose={onClose} />
    </Suspense>
  );
}

export function RoomMenuButton({ room, label }: { room: RoomView; label: string }) {
  const [at, setAt] = useState<Element | null>(null);
  return (
    <>
      <button
        type="button"
        className="icon-button"
        aria-haspopup="menu"
        aria-expanded={at !== null}
        aria-label={label}
        title={label}
        onClick={(e) => setAt(at ? null : e.currentTarget)}
      >
        <MoreIcon />
      </button>
      <RoomMenuAt room={room} at={at} onClose={() => setAt(null)} />
    </>
  );
}
