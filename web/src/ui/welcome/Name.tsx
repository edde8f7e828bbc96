import { useState, type FormEvent } from 'react';
import { Field } from '../kit/Field';
import { useNaming } from '../shell/useNaming';
import { t } from './texts';
import type { StepProps } from './Welcome';
import css from './Welcome.module.css';

/** What the community is called. Nobody has to say so, now or ever. */
export function Name({ onNext }: StepProps) {
  const { value, type, most, wrong, isNew, save } = useNaming();
  const [busy, setBusy] = useState(false);
  const submit = async (e: FormEvent) => {
    e.preventDefault();
    if (busy) return;
    setBusy(true);
    const saved = await save();
    setBusy(false);
    if (saved) onNext();
  };
  return (
    <form className={css.form} onSubmit={(e) => void submit(e)} noValidate>
      <div className={css.panel}>
        <Field label={t('name_label')} hint={t('name_hint', { count: most })} error={wrong}>
          {(input) => <input {...input} value={value} onInput={(e) => type(e.currentTarget.value)} dir="auto" autoComplete="off" />}
        </Field>
      </div>
      <div className={css.buttons}>
        <button type="submit" className="button primary" disabled={busy}>
          {t('next')}
        </button>
        {isNew && (
          <button type="button" className="button" onClick={onNext}>
            {t('later')}
          </button>
        )}
      </div>
    </form>
  );
}
