import { useMemo } from 'react';
import type { RoomLog } from '../../sync/roomlog';
import type { Mode } from '../composer/ChatInput';
import type { Acts } from '../message/Message';
import { nameIn } from '../message/useKnown';
import type { MenuAt } from '../message/useMessageMenu';
import { useSession } from '../shell/session';
import { show } from '../shell/surface';

interface Parts {
  room: string;
  log: RoomLog;
  onMode(mode: Mode): void;
  /** Which message shows what can be done with it; and whose menu is open. */
  mark(key: string | null): void;
  openMenu(menu: MenuAt | null): void;
  jump(seq: number): void;
}

/** What can be done with the messages of a room. The same object as long as the room is open. */
export function useActs({ room, log, onMode, mark, openMenu, jump }: Parts): Acts {
  const session = useSession();
  return useMemo<Acts>(
    () => ({
      react: (m, emoji, on) => session.change({ op: on ? 'react' : 'unreact', target: m.seq, emoji }),
      pick: (m) => show('react', { message: m }),
      pin: (m) => session.change({ op: m.pinned ? 'unpin' : 'pin', target: m.seq }),
      reply: (m) => onMode({ kind: 'reply', message: m }),
      edit: (m) => onMode({ kind: 'edit', message: m }),
      delete: (m) => show('delete', { message: m }),
      menu: (m, at) => openMenu({ key: m.key, at }),
      unread: (m) => session.markUnread(m.seq),
      close: () => mark(null),
      need: (seq) => session.quoted(seq),
      jump,
      nameOf: (person) => nameIn(log, session.current().rooms.find((r) => r.id === room)?.people.list ?? [], person),
    }),
    [session, room, log, onMode, mark, openMenu, jump],
  );
}
