import { useState } from 'react';
import { reasonOf, t } from '../../i18n/t';
import { cleanLine } from '../../text/clean';
import type { Message } from '../../sync/roomlog';
import { Field } from '../kit/Field';
import { Modal } from '../kit/Modal';
import { toast } from '../kit/toast';
import { useSession } from '../shell/session';
import { say } from './words';
import css from './Dialogs.module.css';

const LONGEST = 500;

/** Tells the moderators of a message, and why. */
export default function ReportDialog({ message: m, room, onClose }: { message: Message; room: string; onClose(): void }) {
  const session = useSession();
  const [reason, setReason] = useState('');
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);
  const report = async () => {
    setBusy(true);
    const result = await session.act('report', { room, target: m.seq, reason: cleanLine(reason) });
    setBusy(false);
    if ('error' in result) return setError(t('did_not_work', { reason: reasonOf(result.error) }));
    toast(say('reported'));
    return onClose();
  };
  const foot = (
    <>
      <button type="button" className="button" onClick={onClose}>
        {t('name_cancel')}
      </button>
      <button type="submit" form="report" className="button primary" disabled={busy}>
        {say('report_send')}
      </button>
    </>
  );
  return (
    <Modal title={say('report_title')} onClose={onClose} foot={foot}>
      <form
        id="report"
        onSubmit={(e) => {
          e.preventDefault();
          void report();
        }}
      >
        <p>{say('report_text')}</p>
        <p className={css.quoted} dir="auto">
          <bdi>{m.from.name}</bdi>: {m.text || m.files.map((f) => f.name).join(', ')}
        </p>
        <Field label={say('report_reason')} error={error}>
          {(input) => <input {...input} type="text" dir="auto" maxLength={LONGEST} value={reason} onInput={(e) => setReason(e.currentTarget.value)} />}
        </Field>
      </form>
    </Modal>
  );
}
