// The shortcuts that belong to no single part of the page.

import { useEffect } from 'react';
import type { Session } from '../../sync/session';
import { waitingIn } from '../../sync/waiting';
import { firstNew } from '../history/rows';
import { go, hrefOf, useRoute } from '../shell/route';
import { useSession } from '../shell/session';
import { show } from '../shell/surface';
import { toComposer } from '../shell/surfaces';
import { listen } from './listen';
import { nextPane } from './panes';
import { useShortcut } from './useShortcut';

export default function Shortcuts() {
  const session = useSession();
  useEffect(() => listen(toComposer), []);
  useShortcut('sheet', () => show('shortcuts', {}));
  useShortcut('pane_next', () => nextPane(1));
  useShortcut('pane_back', () => nextPane(-1));
  useShortcut('all_read', () => session.markAllRead());
  useShortcut('oldest_unread', () => toUnread(session));
  useRooms(session);
  return null;
}

/** Up and down the list of rooms, in the order in which it is drawn. */
function useRooms(session: Session): void {
  const route = useRoute();
  const here = route.at === 'room' ? hrefOf(route.room) : '';
  // Whoever comes by the keyboard, or by a link, sees where that is in a list that is longer than the window.
  useEffect(showInList, [here]);
  const step = (by: 1 | -1, only: (href: string) => boolean) => {
    const hrefs = listed();
    const at = hrefs.indexOf(here);
    // Round the end and back to oneself; from outside of the list to its beginning or end.
    const from = at < 0 && by < 0 ? 0 : at;
    const way = hrefs.map((_, i) => hrefs[(from + by * (i + 1) + hrefs.length * 2) % hrefs.length] ?? '');
    const found = way.find((href) => href !== here && only(href));
    if (found === undefined) return false;
    go(found);
    return true;
  };
  const unread = (href: string) => session.current().rooms.some((r) => r.unread > 0 && hrefOf(r.id) === href);
  useShortcut('room_up', () => step(-1, () => true));
  useShortcut('room_down', () => step(1, () => true));
  useShortcut('unread_up', () => step(-1, unread));
  useShortcut('unread_down', () => step(1, unread));
  const meant = (href: string) => session.current().rooms.some((r) => hrefOf(r.id) === href && waitingIn([r]).loud > 0);
  useShortcut('called', () => step(1, meant));
}

/** By hand, since `scrollIntoView` would also push aside whatever a drawer is hidden behind. */
function showInList(): void {
  const link = document.querySelector('[data-room][aria-current=page]');
  const list = link?.closest('nav');
  if (!link || !list) return;
  const [at, view] = [link.getBoundingClientRect(), list.getBoundingClientRect()];
  list.scrollTop += Math.min(0, at.top - view.top) + Math.max(0, at.bottom - view.bottom);
}

/** To where the line stands; there is none where everything is read. */
function toUnread(session: Session): boolean {
  const { room } = session.current();
  if (!room || room.unreadFrom === null) return false;
  const first = firstNew(room.log, room.unreadFrom);
  if (!first) return false;
  go(hrefOf(room.id, first.kind === 'gap' ? Math.max(first.seq, room.unreadFrom) : first.seq));
  return true;
}

/** The list knows its order best: sections, favourites, and what is folded away. */
function listed(): string[] {
  const links = document.querySelectorAll<HTMLAnchorElement>('nav a[data-room]');
  return [...new Set([...links].map((link) => link.pathname))];
}
