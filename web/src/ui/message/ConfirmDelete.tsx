import { t } from '../../i18n/t';
import type { Message } from '../../sync/roomlog';
import { Modal } from '../kit/Modal';
import { useSession } from '../shell/session';
import { say } from './words';
import css from './Dialogs.module.css';

/** What is deleted is gone for everybody and for good: that is worth one question. */
export function ConfirmDelete({ message: m, onClose }: { message: Message; onClose(): void }) {
  const session = useSession();
  const remove = () => {
    session.change({ op: 'delete', target: m.seq });
    onClose();
  };
  const foot = (
    <>
      <button type="button" className="button" onClick={onClose}>
        {t('name_cancel')}
      </button>
      {/* oxlint-disable-next-line jsx-a11y/no-autofocus -- the answer to the question */}
      <button type="button" className="button danger" onClick={remove} autoFocus>
        {t('delete')}
      </button>
    </>
  );
  const files = m.files.map((f) => f.name).join(', ');
  return (
    <Modal title={say('delete_title')} onClose={onClose} foot={foot}>
      <p className={css.quoted} dir="auto">
        {!m.mine && (
          <>
            <bdi>{m.from.name}</bdi>:{' '}
          </>
        )}
        {m.text || files}
      </p>
      <p>{say('delete_text')}</p>
    </Modal>
  );
}
