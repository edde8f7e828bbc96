import { useState, type KeyboardEvent } from 'react';
import { chars } from '../../text/clean';
import { Field } from '../kit/Field';
import { t, tn } from './texts';
import css from './Secret.module.css';

/** What the server takes, and what is long enough to be praised. */
export const LEAST_CHARS = 8;
const GOOD_CHARS = 14;

interface Props {
  /** A new password is made up, and not one that is known typed. */
  fresh?: boolean;
  label?: string;
  value: string;
  error?: string;
  onChange(value: string): void;
}

/** A password, which one can look at instead of typing it twice. */
export function Secret({ fresh = false, label = t(fresh ? 'password_new' : 'password'), value, error = '', onChange }: Props) {
  const [seen, see] = useState(false);
  const [caps, setCaps] = useState(false);
  const heed = (e: KeyboardEvent) => setCaps(e.getModifierState?.('CapsLock') === true);
  const hint = caps ? t('caps') : fresh ? lengthWord(value) : '';
  return (
    <Field label={label} hint={hint} error={error}>
      {(input) => (
        <>
          <div className={css.secret}>
            <input
              {...input}
              type={seen ? 'text' : 'password'}
              name={fresh ? 'new-password' : 'password'}
              value={value}
              onInput={(e) => onChange(e.currentTarget.value)}
              onKeyDown={heed}
              onKeyUp={heed}
              onBlur={() => setCaps(false)}
              autoComplete={fresh ? 'new-password' : 'current-password'}
              autoCapitalize="off"
              spellCheck={false}
            />
            <button type="button" className={css.see} aria-pressed={seen} onClick={() => see(!seen)}>
              {t('show')}
            </button>
          </div>
          {/* Length is the one thing that can be told of a password without guessing. The words below say the same. */}
          {fresh && <meter className={css.length} min={0} max={GOOD_CHARS} low={LEAST_CHARS} high={GOOD_CHARS - 1} optimum={GOOD_CHARS} value={chars(value)} aria-hidden="true" />}
        </>
      )}
    </Field>
  );
}

function lengthWord(password: string): string {
  const count = chars(password);
  if (count === 0) return t('password_hint', { count: LEAST_CHARS });
  if (count < LEAST_CHARS) return tn('password_short', LEAST_CHARS - count);
  return t(count < GOOD_CHARS ? 'password_enough' : 'password_good');
}
