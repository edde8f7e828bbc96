// What is open stands in the path, so that reload, back and forward, bookmarks and links work:
//
//   /  /r/ROOM  /r/ROOM/SEQ  /settings/PART  /admin/PART  /search?q=WORDS  /join#TOKEN  /welcome
//
// Rooms go by id, since names change. Everything else is not here, and says so.

import { useSyncExternalStore } from 'react';
import { LOBBY } from '../../proto/v1';

export type Route =
  | { at: 'room'; room: string; seq: number | null }
  | { at: 'settings' | 'admin'; part: string }
  | { at: 'search'; query: string }
  | { at: 'join' }
  | { at: 'welcome' }
  | { at: 'nowhere' };

/** What a link to a room, or to a message in it, looks like. */
export function hrefOf(room: string, seq: number | null = null): string {
  if (room === LOBBY && seq === null) return '/';
  return `/r/${encodeURIComponent(room)}${seq === null ? '' : `/${seq}`}`;
}

export function routeOf(url: URL): Route {
  const [first = '', ...rest] = url.pathname.split('/').slice(1);
  switch (first) {
    case '':
      return rest.length === 0 ? { at: 'room', room: LOBBY, seq: null } : { at: 'nowhere' };
    case 'r':
      return roomRoute(rest);
    case 'settings':
    case 'admin':
      return rest.length <= 1 ? { at: first, part: rest[0] ?? '' } : { at: 'nowhere' };
    case 'search':
      return { at: 'search', query: url.searchParams.get('q') ?? '' };
    case 'join':
    case 'welcome':
      return rest.length === 0 ? { at: first } : { at: 'nowhere' };
    default:
      return { at: 'nowhere' };
  }
}

function roomRoute([id = '', seq, ...rest]: string[]): Route {
  const room = decoded(id);
  if (!room || rest.length > 0) return { at: 'nowhere' };
  if (seq === undefined || seq === '') return { at: 'room', room, seq: null };
  return /^[1-9]\d{0,14}$/.test(seq) ? { at: 'room', room, seq: Number(seq) } : { at: 'nowhere' };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

const listeners = new Set<() => void>();
const told = () => listeners.forEach((l) => l());

/** Goes to a place of this page. `replace`: the way back leads past here. */
export function go(href: string, replace = false): void {
  const same = href === location.pathname + location.search + location.hash;
  if (replace || same) history.replaceState(null, '', href);
  else history.pushState(null, '', href);
  // Another object also for the same place: whoever goes there again wants to be brought there again.
  last = null;
  told();
}

function subscribe(changed: () => void): () => void {
  listeners.add(changed);
  if (listeners.size === 1) window.addEventListener('popstate', told);
  return () => {
    listeners.delete(changed);
    if (listeners.size === 0) window.removeEventListener('popstate', told);
  };
}

/** Clicks on links within the page stay in it; those with a modifier, a target or a download are the browser's. */
export function catchLinks(e: MouseEvent): void {
  if (e.defaultPrevented || e.button !== 0 || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey) return;
  const link = (e.target as Element).closest?.<HTMLAnchorElement>('a[href]');
  if (!link || link.target || link.hasAttribute('download') || link.origin !== location.origin) return;
  const url = new URL(link.href);
  if (url.pathname.startsWith('/api/') || routeOf(url).at === 'nowhere' || routeOf(url).at === 'join') return;
  e.preventDefault();
  go(url.pathname + url.search + url.hash);
}

let last: { href: string; route: Route } | null = null;
let talk = '/';

/** The same object as long as the address is the same. */
function current(): Route {
  const { href } = location;
  if (last?.href !== href) {
    const { pathname, search } = location;
    last = { href, route: routeOf(new URL(href)) };
    if (last.route.at === 'room' || last.route.at === 'search') talk = pathname + search;
  }
  return last.route;
}

/** Where in the talk one was last: pages that fill the window lead back to it. */
export const lastTalk = (): string => talk;

export const useRoute = (): Route => useSyncExternalStore(subscribe, current, current);
