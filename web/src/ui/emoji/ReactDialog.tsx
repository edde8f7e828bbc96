import type { Message } from '../../sync/roomlog';
import { Dialog } from '../kit/Dialog';
import { useSession } from '../shell/session';
import { EmojiPicker } from './EmojiPicker';
import { t } from './words';
import css from './ReactDialog.module.css';

/** Any emoji for a message. */
export default function ReactDialog({ message, onClose }: { message: Message; onClose(): void }) {
  const session = useSession();
  const pick = (emoji: string) => {
    session.change({ op: 'react', target: message.seq, emoji });
    onClose();
  };
  return (
    <Dialog className={css.dialog} labelledBy="react-title" onClose={onClose}>
      <div className={css.inside}>
        <h2 id="react-title" className="unseen">
          {t('react')}
        </h2>
        <EmojiPicker onPick={pick} />
      </div>
    </Dialog>
  );
}
