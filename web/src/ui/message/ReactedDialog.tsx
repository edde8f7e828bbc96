import type { Message } from '../../sync/roomlog';
import { Modal } from '../kit/Modal';
import { useSession, useView } from '../shell/session';
import { namesOf } from './names';
import { nameIn } from './useKnown';
import { say } from './words';
import css from './Dialogs.module.css';

/** Who reacted with what: where there is no mouse to ask a chip. */
export default function ReactedDialog({ message, room, onClose }: { message: Message; room: string; onClose(): void }) {
  const session = useSession();
  const you = useView((s) => s.you.id);
  const here = session.current().rooms.find((r) => r.id === room);
  const nameOf = (id: string) => here && nameIn(here.log, here.people.list, id);
  return (
    <Modal title={say('reacted_title')} onClose={onClose}>
      <dl className={css.who}>
        {message.reactions.map((reaction) => [
          <dt key={reaction.emoji}>{reaction.emoji}</dt>,
          <dd key={`${reaction.emoji} names`}>{namesOf(reaction, you, nameOf)}</dd>,
        ])}
      </dl>
    </Modal>
  );
}
