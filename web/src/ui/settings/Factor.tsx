import { useState, type FormEvent } from 'react';
import { reasonOf, t as core } from '../../i18n/t';
import type { Myself } from '../../sync/me';
import { Secret } from '../account/Secret';
import { Field } from '../kit/Field';
import { Modal } from '../kit/Modal';
import { toast } from '../kit/toast';
import { Group } from './Parts';
import { wrongPassword } from './Password';
import { Qr } from './Qr';
import { RecoveryCodes } from './RecoveryCodes';
import { t } from './texts';
import css from './Account.module.css';

interface Props {
  myself: Myself;
  on: boolean;
  onTurn(on: boolean): void;
}

type Step = { at: 'on'; secret: string; uri: string } | { at: 'codes'; codes: string[] } | { at: 'off' };

/** The second factor: on by an app and a code of it, off by the password. */
export function Factor({ myself, on, onTurn }: Props) {
  const [step, setStep] = useState<Step | null>(null);
  const begin = async () => {
    const result = await myself.newFactor();
    if ('error' in result) toast(core('did_not_work', { reason: reasonOf(result.error) }));
    else setStep({ at: 'on', ...result });
  };
  const close = () => setStep(null);
  return (
    <Group
      title={t('factor')}
      text={t('factor_text')}
      mark={<span className={on ? `${css.state} ${css.on}` : css.state}>{t(on ? 'factor_on' : 'factor_off')}</span>}
    >
      <p>
        <button type="button" className="button outlined" onClick={() => (on ? setStep({ at: 'off' }) : void begin())}>
          {t(on ? 'factor_end' : 'factor_begin')}
        </button>
      </p>
      {step?.at === 'on' && (
        <TurnOn
          myself={myself}
          {...step}
          onClose={close}
          onDone={(codes) => {
            onTurn(true);
            setStep({ at: 'codes', codes });
          }}
        />
      )}
      {step?.at === 'codes' && <RecoveryCodes codes={step.codes} onClose={close} />}
      {step?.at === 'off' && (
        <TurnOff
          myself={myself}
          onClose={close}
          onDone={() => {
            onTurn(false);
            close();
            toast(t('factor_ended'));
          }}
        />
      )}
    </Group>
  );
}

interface OnProps {
  myself: Myself;
  secret: string;
  uri: string;
  onClose(): void;
  onDone(codes: string[]): void;
}

function TurnOn({ myself, secret, uri, onClose, onDone }: OnProps) {
  const [code, setCode] = useState('');
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<{ code?: string; password?: string }>({});
  const submit = async (e: FormEvent) => {
    e.preventDefault();
    if (busy) return;
    setBusy(true);
    const result = await myself.factorOn(secret, code.replace(/\s/g, ''), password);
    setBusy(false);
    if (!('error' in result)) return onDone(result.codes);
    const { code: why, message } = result.error;
    const said = wrongPassword(why, message);
    return setWrong(why === 'bad_credentials' ? { password: said } : { code: said });
  };
  return (
    <Modal title={t('factor')} onClose={onClose}>
      <form className={css.steps} onSubmit={(e) => void submit(e)} noValidate>
        <div className={css.scan}>
          <Qr text={uri} label={t('factor_qr')} />
          <div className={css.beside}>
            <p className={css.strong}>{t('factor_scan')}</p>
            <p className={css.faint}>{t('factor_scan_text')}</p>
          </div>
        </div>
        <div>
          <p className={css.faint}>{t('factor_secret')}</p>
          <code className={css.secret}>{secret.replace(/(.{4})(?=.)/g, '$1 ')}</code>
        </div>
        <Field label={t('factor_code')} error={wrong.code ?? ''}>
          {(input) => (
            <input
              {...input}
              value={code}
              onInput={(e) => setCode(e.currentTarget.value)}
              inputMode="numeric"
              autoComplete="one-time-code"
              maxLength={9}
            />
          )}
        </Field>
        <Secret value={password} error={wrong.password ?? ''} onChange={setPassword} />
        <button type="submit" className="button primary" disabled={busy}>
          {t('factor_confirm')}
        </button>
      </form>
    </Modal>
  );
}

function TurnOff({ myself, onClose, onDone }: { myself: Myself; onClose(): void; onDone(): void }) {
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState('');
  const submit = async (e: FormEvent) => {
    e.preventDefault();
    if (busy) return;
    setBusy(true);
    const result = await myself.factorOff(password);
    setBusy(false);
    if ('error' in result) setWrong(wrongPassword(result.error.code, result.error.message));
    else onDone();
  };
  return (
    <Modal title={t('factor_end')} onClose={onClose}>
      <form className={css.steps} onSubmit={(e) => void submit(e)} noValidate>
        <Secret value={password} error={wrong} onChange={setPassword} />
        <button type="submit" className="button danger" disabled={busy}>
          {t('factor_end')}
        </button>
      </form>
    </Modal>
  );
}
