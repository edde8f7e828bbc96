import { useCallback, useState } from 'react';
import { RoomLog } from '../../sync/roomlog';
import { ChatInput, type Mode } from '../composer/ChatInput';
import { DropZone } from '../files/Files';
import { Announcer } from '../history/Announcer';
import { ChatHistory } from '../history/ChatHistory';
import { TypingLine } from '../history/TypingLine';
import { NotHere } from './NotHere';
import { useView } from './session';
import { toComposer } from './surfaces';
import css from './App.module.css';

/** Before the first hello there is no room to draw. */
const nothing = new RoomLog('');
const nobody: readonly string[] = [];

/** One room: what was said in it, and where one says something. `seq`: the message to show. */
export function Talk({ room: id, seq }: { room: string; seq: number | null }) {
  const room = useView((s) => s.rooms.find((r) => r.id === id) ?? null);
  const listed = useView((s) => s.rooms.length > 0);
  const [ofRoom, setMode] = useState<{ room: string; mode: Mode } | null>(null);
  const mode = ofRoom?.room === id ? ofRoom.mode : null;
  const onMode = useCallback(
    (next: Mode | null) => {
      setMode(next && { room: id, mode: next });
      toComposer();
    },
    [id],
  );
  if (!room && listed) return <NotHere key={id} room={id} />;
  const log = room?.log ?? nothing;
  return (
    <main id="talk" className={css.talk} tabIndex={-1}>
      <ChatHistory key={`${id}:${log.epoch}`} room={id} log={log} goal={seq} pending={room?.pending ?? []} onMode={onMode} />
      <TypingLine names={room?.typing ?? nobody} />
      <ChatInput key={id} room={id} log={log} mode={mode} onMode={onMode} />
      <DropZone room={id} name={room?.title ?? ''} />
      <Announcer key={`${id}:${log.epoch}`} log={log} />
    </main>
  );
}
