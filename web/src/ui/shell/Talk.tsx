import { Suspense, useCallback, useState } from 'react';
import { RoomLog } from '../../sync/roomlog';
import { ChatInput, type Mode } from '../composer/ChatInput';
import { ChatHistory } from '../history/ChatHistory';
import { TypingLine } from '../history/TypingLine';
import { later, unhurried } from '../kit/lazy';
import { useRoom, useView } from './session';
import { toComposer } from './surfaces';
import css from './App.module.css';

/** Before the first hello there is no room to draw. */
const nothing = new RoomLog('');
const nobody: readonly string[] = [];

const Announcer = later(unhurried(async () => ({ default: (await import('../history/Announcer')).Announcer })));
const NotHere = later(() => import('../rooms/NotHere'));

/** One room: what was said in it, and where one says something. `seq`: the message to show. */
export function Talk({ room: id, seq }: { room: string; seq: number | null }) {
  const room = useRoom(id);
  const epoch = useView((s) => s.rooms.find((r) => r.id === id)?.log.epoch ?? nothing.epoch);
  const listed = useView((s) => s.rooms.length > 0);
  // What one was about in each room, to be found again when one comes back.
  const [modes, setModes] = useState<Readonly<Record<string, Mode | null>>>({});
  const mode = modes[id] ?? null;
  const onMode = useCallback(
    (next: Mode | null) => {
      setModes((all) => ({ ...all, [id]: next }));
      toComposer();
    },
    [id],
  );
  if (!room && listed) {
    return (
      <Suspense fallback={null}>
        <NotHere key={id} room={id} />
      </Suspense>
    );
  }
  const log = room?.log ?? nothing;
  return (
    <main id="talk" className={css.talk} tabIndex={-1}>
      <ChatHistory key={`${id}:${epoch}`} room={id} log={log} goal={seq} pending={room?.pending ?? []} onMode={onMode} />
      <TypingLine names={room?.typing ?? nobody} />
      <ChatInput key={id} room={id} log={log} mode={mode} onMode={onMode} />
      <Suspense fallback={null}>
        <Announcer key={`said:${id}:${epoch}`} log={log} />
      </Suspense>
    </main>
  );
}
