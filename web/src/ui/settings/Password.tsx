import { useState, type FormEvent } from 'react';
import { reasonOf, t as core } from '../../i18n/t';
import type { Myself } from '../../sync/me';
import { chars } from '../../text/clean';
import { LEAST_CHARS, Secret } from '../account/Secret';
import { t as ofSecrets } from '../account/texts';
import { toast } from '../kit/toast';
import { useView } from '../shell/session';
import { Group } from './Parts';
import { t } from './texts';
import css from './Account.module.css';

export function Password({ myself }: { myself: Myself }) {
  const [open, setOpen] = useState(false);
  return (
    <Group title={t('password')} text={t('password_text')}>
      {open ? (
        <Change myself={myself} onEnd={() => setOpen(false)} />
      ) : (
        <p>
          <button type="button" className="button outlined" onClick={() => setOpen(true)}>
            {t('password_change')}
          </button>
        </p>
      )}
    </Group>
  );
}

function Change({ myself, onEnd }: { myself: Myself; onEnd(): void }) {
  const name = useView((s) => s.you.name);
  const [old, setOld] = useState('');
  const [next, setNext] = useState('');
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<{ old?: string; next?: string }>({});
  const submit = async (e: FormEvent) => {
    e.preventDefault();
    if (busy) return;
    if (old === '') return setWrong({ old: ofSecrets('password_empty') });
    if (chars(next) < LEAST_CHARS) return setWrong({ next: wrongPassword('weak_password') });
    setBusy(true);
    setWrong({});
    const result = await myself.setPassword(old, next);
    setBusy(false);
    if ('error' in result) {
      const { code, message } = result.error;
      return setWrong({ [code === 'weak_password' ? 'next' : 'old']: wrongPassword(code, message) });
    }
    toast(t('password_done'));
    return onEnd();
  };
  return (
    <form className={css.form} onSubmit={(e) => void submit(e)} noValidate>
      {/* Whose password it is, for password managers. */}
      <input className="unseen" name="username" autoComplete="username" value={name} readOnly tabIndex={-1} aria-hidden="true" />
      <Secret label={t('password_old')} value={old} error={wrong.old ?? ''} onChange={setOld} />
      <Secret fresh label={t('password_next')} value={next} error={wrong.next ?? ''} onChange={setNext} />
      <div className={css.buttons}>
        <button type="submit" className="button primary" disabled={busy}>
          {t('password_change')}
        </button>
        <button type="button" className="button" onClick={onEnd}>
          {t('cancel')}
        </button>
      </div>
    </form>
  );
}

/** Here nobody types a name, so only the password can be wrong. */
export function wrongPassword(code: string, message = ''): string {
  if (code === 'bad_credentials') return t('password_wrong');
  return core('did_not_work', { reason: reasonOf({ code, message }) });
}
