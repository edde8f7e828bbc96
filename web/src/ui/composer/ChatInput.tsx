// Where one writes; or, where one may not, why.

import type { RoomLog } from '../../sync/roomlog';
import { useRoom } from '../shell/session';
import { Composer } from './Composer';
import type { Mode } from './mode';
import { ReadOnly, useWhyNot } from './ReadOnly';

export type { Mode } from './mode';

interface Props {
  room: string;
  log: RoomLog;
  mode: Mode | null;
  onMode(mode: Mode | null): void;
}

export function ChatInput(props: Props) {
  const room = useRoom(props.room);
  const why = useWhyNot(room);
  // What was written stays as the room's draft meanwhile.
  return why ? <ReadOnly why={why} /> : <Composer {...props} view={room} />;
}
