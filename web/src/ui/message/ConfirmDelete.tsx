import { t } from '../../i18n/t';
import type { Message } from '../../sync/roomlog';
import { Dialog } from '../kit/Dialog';
import { useSession } from '../shell/session';
import form from '../kit/Form.module.css';

/** What is deleted is gone for everybody and for good: that is worth one question. */
export function ConfirmDelete({ message, onClose }: { message: Message; onClose(): void }) {
  const session = useSession();
  const remove = () => {
    session.change({ op: 'delete', target: message.seq });
    onClose();
  };
  return (
    <Dialog className={form.dialog} labelledBy="delete-title" onClose={onClose}>
      <div className={form.form}>
        <h2 id="delete-title" className={form.title}>
          {t('delete_title')}
        </h2>
        <p className={form.quoted} dir="auto">
          {message.text}
        </p>
        <p className={form.text}>{t('delete_text')}</p>
        <div className={form.buttons}>
          <button type="button" className="button" onClick={onClose}>
            {t('name_cancel')}
          </button>
          {/* oxlint-disable-next-line jsx-a11y/no-autofocus -- the answer to the question */}
          <button type="button" className="button primary" onClick={remove} autoFocus>
            {t('delete')}
          </button>
        </div>
      </div>
    </Dialog>
  );
}
