// All that has to do with files and is not needed for the first screen, as one part that is loaded later.

import type { Message } from '../../sync/entries';
import { Attachments } from './Attachments';
import { PendingFiles } from './PendingFiles';

export { AttachButton } from './Attach';
export { uploads } from './carry';

interface Props {
  m: Pick<Message, 'files' | 'attachments' | 'seq'>;
  /** Without it, the room that is open. */
  room?: string;
}

export function MessageFiles({ m, room }: Props) {
  if (m.attachments) return <PendingFiles files={m.attachments} />;
  return <Attachments files={m.files} seq={m.seq} {...(room ? { room } : {})} />;
}
