import { Suspense, useEffect, useState } from 'react';
import { isAdmin } from '../../sync/roles';
import { later } from '../kit/lazy';
import { Modal } from '../kit/Modal';
import { Tabs } from '../kit/Tabs';
import { useView } from '../shell/session';
import { About } from './About';
import { LevelChoice } from './LevelChoice';
import { MembersTab } from './MembersTab';
import { Pins } from './Pins';
import { maySettle } from './rights';
import { RoomIcon } from './RoomIcon';
import { Settle } from './Settle';
import { texts } from './texts';
import css from './Details.module.css';

const { t } = texts;

const Webhooks = later<{ room: string }>(async () => ({ default: (await import('../admin/Webhooks')).Webhooks }));

export type DetailsTab = 'about' | 'members' | 'pins' | 'level' | 'settings' | 'webhooks';

interface Props {
  room: string;
  tab?: DetailsTab;
  onClose(): void;
}

/** All about a room: what it is, who is in it, what is pinned, how loud it may be, and for its hosts what it is set to. */
export function Details({ room: id, tab = 'about', onClose }: Props) {
  const room = useView((s) => s.rooms.find((r) => r.id === id) ?? null);
  const settles = useView((s) => room !== null && maySettle(s, room));
  const hooks = useView((s) => room !== null && room.kind !== 'direct' && (room.host || isAdmin(s)));
  const [current, turn] = useState<DetailsTab>(tab);
  const gone = room === null;
  useEffect(() => {
    // One was taken out of it, or has left: there is nothing to be shown, and what is not shown must not seem to be open.
    if (gone) onClose();
    // oxlint-disable-next-line react/exhaustive-deps -- only when it goes
  }, [gone]);
  if (!room) return null;
  const keys: DetailsTab[] = ['about', 'members', 'pins', 'level', ...(settles ? ['settings' as const] : []), ...(hooks ? ['webhooks' as const] : [])];
  return (
    <Modal
      wide
      title={
        <span className={css.title}>
          <RoomIcon room={room} />
          <bdi className={css.name}>{room.title}</bdi>
        </span>
      }
      onClose={onClose}
    >
      <Tabs<DetailsTab> label={t('details', { room: room.title })} tabs={keys.map((key) => ({ key, label: t(`tab_${key}`) }))} current={current} onTurn={turn}>
        <div className={css.panel}>
          {current === 'about' && <About room={room} onClose={onClose} />}
          {current === 'members' && <MembersTab room={room} />}
          {current === 'pins' && <Pins room={room} onClose={onClose} />}
          {current === 'level' && <LevelChoice room={room} />}
          {current === 'settings' && <Settle room={room} />}
          {current === 'webhooks' && (
            <Suspense fallback={null}>
              <Webhooks room={room.id} />
            </Suspense>
          )}
        </div>
      </Tabs>
    </Modal>
  );
}

/** The pinned messages have a button of their own. */
export function PinsSurface({ room, onClose }: { room: string; onClose(): void }) {
  return <Details room={room} tab="pins" onClose={onClose} />;
}

export default Details;
