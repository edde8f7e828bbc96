// Gets the attention of somebody who is not looking: notifications, a tone, the icons. Loaded when the page has been drawn.

import { calls } from '../../text/calls';
import { plain } from '../../text/markdown';
import { Bell, quietAt, type Ring } from '../../sync/ring';
import type { RoomView } from '../../sync/room';
import type { Session } from '../../sync/session';
import { waitingIn, type Waiting } from '../../sync/waiting';
import { hasFocus } from '../shell/browser';
import { prefs } from '../shell/prefs';
import { hrefOf } from '../shell/route';
import { showWaiting } from './favicon';
import { Notices, type Notice } from './notices';
import { permission } from './permission';
import { playTone } from './tone';
import { words } from './words';

const { t, tn } = words;

/** A notification shows little more, and a lock screen should not show a whole letter. */
const MOST_CHARS = 240;
const MISSED = 'missed';
const tagOf = (room: string): string => `room:${room}`;

/** Begins; returns the end of it. */
export function beginAttention(session: Session): () => void {
  const notices = new Notices();
  const bell = new Bell(() => earsOf(session), (ring) => void tell(session, notices, ring));
  const changed = () => {
    const { rooms, remembered } = session.current();
    // Nobody knows yet what has been read elsewhere.
    if (remembered) return;
    bell.changed();
    const waiting = waitingIn(rooms);
    showWaiting(waiting);
    notices.settle((tag, seq) => over(tag, seq, rooms, waiting));
  };
  const stops = [session.onSaid((said) => bell.said(said)), session.subscribe(changed), () => bell.stop()];
  void notices.begin().then(changed);
  return () => stops.forEach((stop) => stop());
}

/** Whether what a notification is about has been read, here or anywhere. */
function over(tag: string, seq: number, rooms: readonly RoomView[], waiting: Waiting): boolean {
  if (tag === MISSED) return waiting.loud + waiting.quiet === 0;
  const room = rooms.find((r) => tagOf(r.id) === tag);
  // Of one from an earlier page it is not known how far it goes.
  return !room || (seq > 0 ? room.read >= seq : room.unread === 0);
}

function earsOf(session: Session) {
  const { you, phase, rooms } = session.current();
  return {
    you: you.id,
    leads: session.tabs.leads,
    ready: phase.at === 'ready',
    looks: hasFocus(),
    room: (id: string) => rooms.find((r) => r.id === id),
    calls: (text: string) => calls(prefs().callWords, text),
  };
}

async function tell(session: Session, notices: Notices, ring: Ring): Promise<void> {
  const { notify, sound, quietFrom, quietTo } = prefs();
  if (!notify || permission() !== 'granted' || quietAt(new Date().getHours(), quietFrom, quietTo)) return;
  const notice = ring.about === 'rooms' ? ofRooms(ring) : ofRoom(ring, session.current().rooms);
  if (!notice) return;
  await notices.show(notice);
  if (sound) await playTone().catch(() => undefined);
}

function ofRooms({ rooms, count }: Ring & { about: 'rooms' }): Notice {
  return { tag: MISSED, seq: 0, title: tn('missed', count), body: tn('in_rooms', rooms), url: '/', ts: Date.now() };
}

function ofRoom({ room: id, last, count }: Ring & { about: 'room' }, rooms: readonly RoomView[]): Notice | null {
  const room = rooms.find((r) => r.id === id);
  if (!room) return null;
  const { name } = last.from;
  const direct = room.kind === 'direct' && room.peers.length <= 2;
  const lines = [bodyOf(last.text ?? '', last.files?.length ?? 0)];
  if (count > 1) lines.push(tn('more', count - 1));
  return {
    tag: tagOf(id),
    seq: last.seq,
    title: direct ? name : t('in_room', { name, room: room.title }),
    body: lines.join('\n'),
    url: hrefOf(id, last.seq),
    ts: last.ts,
  };
}

function bodyOf(text: string, files: number): string {
  const short = plain(text).trim();
  if (short === '') return files > 0 ? tn('files', files) : '';
  return short.length > MOST_CHARS ? `${short.slice(0, MOST_CHARS).trimEnd()}…` : short;
}
