import { useState } from 'react';
import { Field } from '../kit/Field';
import { useServerState } from './State';
import { t } from './texts';
import { Row } from './parts';
import css from './Admin.module.css';

/** Every option of the program, as it is in force. */
export function Limits() {
  const { state, error } = useServerState();
  const [wish, setWish] = useState('');
  const [changed, setChanged] = useState(false);
  if (error && !state) return <p role="alert">{error}</p>;
  if (!state) return <p className={css.quiet}>{t('loading')}</p>;
  const words = wish.trim().toLowerCase().split(/\s+/);
  const found = state.options.filter(
    (o) => (!changed || o.set) && words.every((w) => `--${o.name} ${o.help}`.toLowerCase().includes(w)),
  );
  return (
    <>
      <p className={css.text}>{t('limits_text')}</p>
      <div className={css.pair}>
        <Field label={t('limits_find')}>
          {(input) => <input {...input} type="search" value={wish} onInput={(e) => setWish(e.currentTarget.value)} autoComplete="off" />}
        </Field>
        <label className={css.check}>
          <input type="checkbox" checked={changed} onChange={(e) => setChanged(e.currentTarget.checked)} />
          {t('limits_set')}
        </label>
      </div>
      {found.length === 0 && <p className={css.quiet}>{t('limits_none')}</p>}
      {found.length > 0 && (
        <ul className={css.rows}>
          {found.map((o) => (
            <Row
              key={o.name}
              title={
                <span className={css.code}>
                  --{o.name} {o.value || t('empty_value')}
                </span>
              }
              marks={[o.set && t('limits_changed')]}
              // The program explains its options in English only.
              sub={
                <>
                  <span lang="en">{o.help}</span>
                  {o.set && ` · ${t('limits_usual', { value: o.usual || t('empty_value') })}`}
                </>
              }
            />
          ))}
        </ul>
      )}
    </>
  );
}
