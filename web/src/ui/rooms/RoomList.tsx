import { useCallback, useMemo, useState, type KeyboardEvent, type MouseEvent } from 'react';
import { t } from '../../i18n/t';
import type { RoomView } from '../../sync/room';
import { sectionsOf, type Section, type Sort } from '../../sync/sections';
import { mayCreate } from '../../sync/roles';
import { MoreIcon, PlusIcon } from '../kit/icons';
import type { Items, Point } from '../kit/Menu';
import { MenuButton } from '../kit/MenuButton';
import { useRoute } from '../shell/route';
import { useRooms, useView } from '../shell/session';
import { show } from '../shell/surface';
import { ChevronIcon } from './icons';
import { setPlaces, toggleFolded, usePlaces } from './places';
import { RoomLink } from './RoomLink';
import { RoomMenuAt } from './RoomMenuButton';
import css from './RoomList.module.css';

/** The rooms one is in, in sections that can be folded. */
export function RoomList() {
  const { favourites, folded, sort } = usePlaces();
  const rooms = useListed(sort);
  const sections = useMemo(() => sectionsOf(rooms, favourites, sort), [rooms, favourites, sort]);
  const route = useRoute();
  const current = route.at === 'room' ? route.room : '';
  const [menu, setMenu] = useState<{ room: RoomView; at: Element | Point } | null>(null);
  const onMenu = useCallback((room: RoomView, e: MouseEvent) => {
    e.preventDefault();
    // The keyboard's menu key has no place of its own.
    const byKey = e.clientX === 0 && e.clientY === 0;
    setMenu({ room, at: e.type === 'click' || byKey ? (e.currentTarget as Element) : { x: e.clientX, y: e.clientY } });
  }, []);
  const stop = rooms.some((r) => r.id === current) ? current : rooms[0]?.id;
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- the keys move between the links within
    <nav className={css.nav} aria-label={t('rooms')} onKeyDown={onArrow}>
      {sections.map((section) => (
        <Rooms key={section.name} section={section} folded={folded.includes(section.name)} {...{ current, stop, onMenu }} />
      ))}
      {menu && <RoomMenuAt room={menu.room} at={menu.at} onClose={() => setMenu(null)} />}
    </nav>
  );
}

/** Where the newest talk comes first, every message may move a room. */
function useListed(sort: Sort): readonly RoomView[] {
  const rooms = useRooms();
  const now = useView((s) => (sort === 'activity' ? s.rooms : null));
  return now ?? rooms;
}

interface RoomsProps {
  section: Section<RoomView>;
  folded: boolean;
  current: string;
  stop: string | undefined;
  onMenu(room: RoomView, e: MouseEvent): void;
}

function Rooms({ section: { name, rooms }, folded, current, stop, onMenu }: RoomsProps) {
  // What asks for attention, and where one is, is shown even when the section is folded.
  const shown = folded ? rooms.filter((r) => r.id === current || (r.unread > 0 && r.level !== 'none')) : rooms;
  const id = `rooms-${name}`;
  return (
    <section className={css.section} aria-labelledby={id}>
      <div className={css.top}>
        <h2 className={css.heading}>
          <button id={id} type="button" className={css.fold} aria-expanded={!folded} onClick={() => toggleFolded(name)}>
            <span className={css.chevron}>
              <ChevronIcon />
            </span>
            {t(`section_${name}`)}
          </button>
        </h2>
        {name !== 'favourites' && <Add to={name} />}
      </div>
      {shown.length > 0 && (
        <ul>
          {shown.map((room) => (
            <RoomLink key={room.id} room={room} current={room.id === current} stop={room.id === stop} onMenu={onMenu} />
          ))}
        </ul>
      )}
      {rooms.length === 0 && name === 'direct' && <p className={css.none}>{t('direct_none')}</p>}
    </section>
  );
}

function Add({ to }: { to: 'rooms' | 'direct' }) {
  const { sort } = usePlaces();
  const may = useView(mayCreate);
  if (to === 'direct') {
    if (!may) return null;
    return (
      <button type="button" className="icon-button" onClick={() => show('direct', {})} aria-haspopup="dialog" aria-label={t('direct_new')}>
        <PlusIcon />
      </button>
    );
  }
  const order = (by: typeof sort) => ({ label: t(`sort_${by}`), checked: sort === by, run: () => setPlaces({ sort: by }) });
  const items: Items = [order('name'), order('activity')];
  return (
    <>
      <MenuButton label={t('rooms_order')} items={items}>
        <MoreIcon />
      </MenuButton>
      <button type="button" className="icon-button" onClick={() => show('browse', {})} aria-haspopup="dialog" aria-label={t('rooms_add')}>
        <PlusIcon />
      </button>
    </>
  );
}

/** Up and down between the rooms and the headings of the sections; Home and End to their ends. */
function onArrow(e: KeyboardEvent<HTMLElement>): void {
  if (e.altKey || e.ctrlKey || e.metaKey || e.shiftKey) return;
  const all = [...e.currentTarget.querySelectorAll<HTMLElement>('[data-stop], [aria-expanded][id]')];
  const at = all.indexOf(document.activeElement as HTMLElement);
  if (at < 0) return;
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[e.key];
  const next = to === undefined ? undefined : all[to];
  if (!next) return;
  e.preventDefault();
  next.focus();
}
