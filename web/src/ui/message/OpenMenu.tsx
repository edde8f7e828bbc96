import { Suspense } from 'react';
import type { Pending } from '../../sync/outbox';
import { byTarget, overlaid } from '../../sync/overlay';
import type { RoomLog } from '../../sync/roomlog';
import { later } from '../kit/lazy';
import type { Acts } from './Message';
import type { Rights } from './rights';
import type { MenuAt } from './useMessageMenu';

const MessageMenu = later(() => import('./MessageMenu'));

interface Props {
  menu: MenuAt;
  log: RoomLog;
  pending: readonly Pending[];
  common: { room: string; youId: string; rights: Rights; acts: Acts };
  onClose(): void;
}

/** The menu of a message as it is now: it may be deleted while somebody reads what can be done with it. */
export function OpenMenu({ menu, log, pending, common, onClose }: Props) {
  const entry = log.entries.findLast((e) => e.key === menu.key);
  if (entry?.kind !== 'message') return null;
  const m = overlaid(entry, byTarget(pending).get(entry.seq), common.youId);
  if (m.deleted) return null;
  return (
    <Suspense fallback={null}>
      <MessageMenu m={m} room={common.room} rights={common.rights} acts={common.acts} anchor={menu.at} onClose={onClose} />
    </Suspense>
  );
}
