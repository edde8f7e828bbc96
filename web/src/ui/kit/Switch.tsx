import type { ReactNode } from 'react';
import css from './Switch.module.css';

interface Props {
  label: string;
  hint?: ReactNode;
  on: boolean;
  disabled?: boolean;
  onChange(on: boolean): void;
}

/** Something that is on or off, and takes effect at once. */
export function Switch({ label, hint, on, disabled = false, onChange }: Props) {
  return (
    <label className={css.row}>
      <span className={css.words}>
        <span className={css.label}>{label}</span>
        {hint && <span className={css.hint}>{hint}</span>}
      </span>
      <input
        type="checkbox"
        role="switch"
        aria-checked={on}
        className={css.switch}
        checked={on}
        disabled={disabled}
        onChange={(e) => onChange(e.currentTarget.checked)}
      />
    </label>
  );
}
