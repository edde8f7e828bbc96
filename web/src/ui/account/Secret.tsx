import { useState } from 'react';
import { t } from '../../i18n/t';
import form from '../kit/Form.module.css';
import css from './Join.module.css';

interface Props {
  /** A new password is made up, and not one that is known typed. */
  fresh: boolean;
  value: string;
  onChange(value: string): void;
}

/** A password, which one can look at instead of typing it twice. */
export function Secret({ fresh, value, onChange }: Props) {
  const [seen, see] = useState(false);
  return (
    <div className={css.field}>
      <label className={form.label} htmlFor="join-password">
        {t(fresh ? 'password_new' : 'password')}
      </label>
      <div className={css.secret}>
        <input
          id="join-password"
          className={form.input}
          type={seen ? 'text' : 'password'}
          value={value}
          onInput={(e) => onChange(e.currentTarget.value)}
          autoComplete={fresh ? 'new-password' : 'current-password'}
          autoCapitalize="off"
          spellCheck={false}
          aria-describedby={fresh ? 'join-password-hint' : undefined}
        />
        <button type="button" className={css.see} aria-pressed={seen} onClick={() => see(!seen)}>
          {t('password_show')}
        </button>
      </div>
      {fresh && (
        <p id="join-password-hint" className={form.hint}>
          {t('password_hint')}
        </p>
      )}
    </div>
  );
}
