import { useState, type FormEvent } from 'react';
import type { Myself } from '../../sync/me';
import { Secret } from '../account/Secret';
import { forgetTraces } from '../account/traces';
import { Modal } from '../kit/Modal';
import { keep } from '../shell/browser';
import { useSession } from '../shell/session';
import { Group } from './Parts';
import { wrongPassword } from './Password';
import { t } from './texts';
import css from './Account.module.css';

/** The end of an account. Asked twice, and with the password. */
export function Leave({ myself, guest = false }: { myself: Myself; guest?: boolean }) {
  const [open, setOpen] = useState(false);
  return (
    <Group title={t('leave')} text={t(guest ? 'leave_text_guest' : 'leave_text')}>
      <p>
        <button type="button" className={`button outlined ${css.danger}`} onClick={() => setOpen(true)}>
          {t('leave')}
        </button>
      </p>
      {open && <Sure myself={myself} guest={guest} onClose={() => setOpen(false)} />}
    </Group>
  );
}

function Sure({ myself, guest, onClose }: { myself: Myself; guest: boolean; onClose(): void }) {
  const session = useSession();
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState('');
  const submit = async (e: FormEvent) => {
    e.preventDefault();
    if (busy) return;
    setBusy(true);
    const result = await myself.leave(password);
    setBusy(false);
    if ('error' in result) return setWrong(wrongPassword(result.error.code, result.error.message));
    await session.forget();
    forgetTraces();
    keep.set('token', '');
    keep.set('name', '');
    return location.replace('/join');
  };
  return (
    <Modal title={t('leave_sure')} onClose={onClose}>
      <form className={css.steps} onSubmit={(e) => void submit(e)} noValidate>
        <p>{t(guest ? 'leave_text_guest' : 'leave_text')}</p>
        {guest ? (
          <p className={css.wrong} role="alert">
            {wrong}
          </p>
        ) : (
          <Secret value={password} error={wrong} onChange={setPassword} />
        )}
        <div className={css.buttons}>
          <button type="submit" className="button danger" disabled={busy}>
            {t('leave_button')}
          </button>
          <button type="button" className="button" onClick={onClose}>
            {t('cancel')}
          </button>
        </div>
      </form>
    </Modal>
  );
}
