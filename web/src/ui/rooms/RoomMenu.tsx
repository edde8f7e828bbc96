import { LOBBY, type Level } from '../../proto/v1';
import type { RoomView } from '../../sync/room';
import type { Session } from '../../sync/session';
import { GearIcon, PinIcon } from '../kit/icons';
import { Menu, type Items, type Point } from '../kit/Menu';
import { useSession } from '../shell/session';
import { show } from '../shell/surface';
import { hasSurface } from '../shell/surfaces';
import { copyRoomLink, leave, setLevel } from './act';
import { CalendarIcon, LeaveIcon, LinkIcon, ReadIcon, StarIcon } from './moreIcons';
import { places, toggleFavourite } from './places';
import { mayLeave } from './rights';
import { texts } from './texts';

const { t } = texts;
const LEVELS: readonly Level[] = ['all', 'mentions', 'none'];

interface Props {
  room: RoomView;
  anchor: Element | Point;
  onClose(): void;
}

/** What one does with a room: opened from the list, and from over the room. */
export function RoomMenu({ room, anchor, onClose }: Props) {
  const session = useSession();
  const open = session.current().room?.id === room.id;
  return <Menu label={t('room_menu', { room: room.title })} items={itemsOf(session, room, open)} anchor={anchor} onClose={onClose} />;
}

function itemsOf(session: Session, room: RoomView, open: boolean): Items {
  const { id, level } = room;
  const loved = places().favourites.includes(id);
  return [
    ...(room.unread > 0 ? [{ label: t('mark_read'), icon: <ReadIcon />, run: () => session.markRead(id) }] : []),
    ...(open && hasSurface('date') ? [{ label: t('jump_date'), icon: <CalendarIcon />, run: () => show('date', { room: id }) }] : []),
    { label: t('pins_show'), icon: <PinIcon />, run: () => show('pins', { room: id }) },
    { label: t(loved ? 'favourite_end' : 'favourite'), icon: <StarIcon />, run: () => toggleFavourite(id) },
    null,
    ...LEVELS.map((l) => ({ label: t(`menu_level_${l}`), checked: l === level, run: () => void setLevel(session, id, l) })),
    null,
    { label: t('copy_link'), icon: <LinkIcon />, run: () => void copyRoomLink(id === LOBBY ? `/r/${LOBBY}` : `/r/${id}`) },
    { label: t('details_open'), icon: <GearIcon />, run: () => show('room', { room: id }) },
    ...(mayLeave(room) ? [{ label: t('leave'), icon: <LeaveIcon />, danger: true, run: () => void leave(session, room) }] : []),
  ];
}

export default RoomMenu;
