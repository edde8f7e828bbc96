import { useId, type ReactNode } from 'react';
import css from './Form.module.css';

interface Handed {
  id: string;
  className: string | undefined;
  'aria-describedby': string;
  'aria-invalid': boolean;
}

interface Props {
  label: string;
  hint?: ReactNode;
  /** What is wrong with what stands in it; empty: nothing. */
  error?: string;
  /** Draws the input with what ties it to its label and its words. */
  children(input: Handed): ReactNode;
}

/** A label, an input, and what is to be said about it. */
export function Field({ label, hint, error = '', children }: Props) {
  const id = useId();
  return (
    <div className={css.field}>
      <label className={css.label} htmlFor={id}>
        {label}
      </label>
      {children({ id, className: css.input, 'aria-describedby': `${id}-said`, 'aria-invalid': error !== '' })}
      <p id={`${id}-said`} className={error ? css.said : css.hint} role={error ? 'alert' : undefined}>
        {error || hint}
      </p>
    </div>
  );
}
