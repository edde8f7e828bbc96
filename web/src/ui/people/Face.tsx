import { t } from '../../i18n/t';
import { presenceIn, type Presence } from '../../sync/presence';
import type { RoomView } from '../../sync/room';
import type { Snapshot } from '../../sync/session';
import { Avatar } from '../kit/Avatar';
import { useView } from '../shell/session';
import css from './Face.module.css';

interface Props {
  id: string;
  name: string;
  small?: boolean;
  /** The one that they chose, where it is known. */
  color?: string | undefined;
  /** A room that both are in. */
  room?: RoomView | undefined;
}

/**
 * Whether somebody is here, as the room that one shares with them knows it, or the open one. Of a room for two it is enough
 * that somebody beside oneself is in it.
 */
export function presenceOf(s: Snapshot, id: string, room?: RoomView): Presence {
  const known = presenceIn(room?.people, id) ?? presenceIn(s.room?.people, id);
  if (known) return known;
  const beside = room?.kind === 'direct' && room.peers.length === 2 && id !== s.you.id && room.people.count > 1;
  return beside ? 'active' : 'away';
}

/** The room for two with somebody, if there is one. */
export const directWith = (rooms: readonly RoomView[], id: string): RoomView | undefined =>
  rooms.find((r) => r.kind === 'direct' && r.peers.length === 2 && r.peers.some((p) => p.id === id));

/** Somebody's picture with the sign of their presence: full for active, a ring for idle, none for away. */
export function Face({ id, name, small = false, color, room }: Props) {
  const presence = useView((s) => presenceOf(s, id, room));
  return <Pictured id={id} name={name} small={small} color={color} presence={presence} />;
}

export function Pictured({ id, name, small = false, color, presence }: Omit<Props, 'room'> & { presence: Presence }) {
  return (
    <span className={small ? `${css.face} ${css.small}` : css.face}>
      <Avatar id={id} name={name} color={color} />
      {presence !== 'away' && <span className={css[presence]} title={t(presence)} />}
    </span>
  );
}
