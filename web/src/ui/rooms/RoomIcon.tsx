import { t } from '../../i18n/t';
import type { RoomView } from '../../sync/room';
import { LockIcon, PeopleIcon } from '../kit/icons';
import { Face } from '../people/Face';
import { useView } from '../shell/session';
import { HashIcon, HornIcon, ShelfIcon } from './icons';

/** The other person of a room for two; null for every other room. */
export function peerOf(room: RoomView, me: string): { id: string; name: string } | null {
  if (room.kind !== 'direct') return null;
  const others = room.peers.filter((p) => p.id !== me);
  return others.length > 1 ? null : (others[0] ?? room.peers[0] ?? null);
}

/** What kind of room it is, as a picture; of a talk between two, the other one. */
export function RoomIcon({ room }: { room: RoomView }) {
  const me = useView((s) => s.you.id);
  const peer = peerOf(room, me);
  if (peer) return <Face id={peer.id} name={peer.name} small room={room} />;
  if (room.kind === 'direct') return <PeopleIcon />;
  return <KindIcon kind={room.kind} archived={room.archived} />;
}

export function KindIcon({ kind, archived = false }: { kind: string; archived?: boolean }) {
  if (archived) return <ShelfIcon />;
  if (kind === 'private') return <LockIcon />;
  return kind === 'announcement' ? <HornIcon /> : <HashIcon />;
}

/** For ears: what the picture says. */
export function kindOf(room: { kind: string; archived?: boolean }): string {
  if (room.archived) return t('kind_archived');
  if (room.kind === 'private') return t('kind_private');
  return room.kind === 'announcement' ? t('kind_announcement') : '';
}

