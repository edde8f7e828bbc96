// The pieces that the screens of administration are put together from.

import { useState, type ReactNode } from 'react';
import { copyText } from '../kit/copy';
import { Field } from '../kit/Field';
import { CheckIcon, CopyIcon } from '../kit/moreIcons';
import { Modal } from '../kit/Modal';
import type { Rows } from './office';
import { t, type Key } from './texts';
import css from './Admin.module.css';

interface ListProps<T> {
  list: Rows<T>;
  /** What to say where there is nothing. */
  none: string;
  children(row: T): ReactNode;
}

export function List<T>({ list, none, children }: ListProps<T>) {
  if (list.loading) return <p className={css.quiet}>{t('loading')}</p>;
  if (list.error) return <p role="alert">{list.error}</p>;
  if (list.rows.length === 0) return <p className={css.quiet}>{none}</p>;
  return (
    <>
      <ul className={css.rows}>{list.rows.map(children)}</ul>
      {list.more && (
        <button type="button" className="button outlined" onClick={list.next}>
          {t('more')}
        </button>
      )}
    </>
  );
}

interface RowProps {
  face?: ReactNode;
  title: ReactNode;
  /** Short marks beside the title. */
  marks?: readonly (string | false | undefined)[];
  sub?: ReactNode;
  children?: ReactNode;
}

export function Row({ face, title, marks, sub, children }: RowProps) {
  return (
    <li className={css.row}>
      {face}
      <div className={css.words}>
        <p className={css.title}>
          <span className={css.name}>{title}</span>
          {marks?.map((m) => m && (
            <span key={m} className={css.mark}>
              {m}
            </span>
          ))}
        </p>
        {sub && <p className={css.sub}>{sub}</p>}
      </div>
      {children && <div className={css.acts}>{children}</div>}
    </li>
  );
}

/** A link or token that the server will never tell again. */
export function Once({ label, value, onClose }: { label: string; value: string; onClose?: () => void }) {
  const [copied, setCopied] = useState(false);
  const copy = () => void copyText(value).then(setCopied);
  return (
    <section className={css.once}>
      <Field label={label} hint={t('shown_once')}>
        {(input) => (
          <div className={css.line}>
            <input {...input} readOnly value={value} onFocus={(e) => e.currentTarget.select()} />
            <button type="button" className="button primary" onClick={copy}>
              {copied ? <CheckIcon /> : <CopyIcon />}
              <span role="status">{t(copied ? 'copied' : 'copy')}</span>
            </button>
          </div>
        )}
      </Field>
      {onClose && (
        <button type="button" className="button outlined" onClick={onClose}>
          {t('done')}
        </button>
      )}
    </section>
  );
}

const HOUR = 3_600_000;
const TERMS: readonly [Key, number][] = [
  ['for_hour', HOUR],
  ['for_day', 24 * HOUR],
  ['for_week', 7 * 24 * HOUR],
  ['for_month', 30 * 24 * HOUR],
  ['for_ever', 0],
];

/** A duration in milliseconds; 0 is without end. */
export function Term({ value, onChange }: { value: number; onChange(ms: number): void }) {
  return (
    <Field label={t('for_how_long')}>
      {(input) => (
        <select {...input} value={value} onChange={(e) => onChange(Number(e.currentTarget.value))}>
          {TERMS.map(([key, ms]) => (
            <option key={key} value={ms}>
              {t(key)}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

interface AskProps {
  title: string;
  text: ReactNode;
  /** What the button says. */
  action: string;
  danger?: boolean;
  /** Whether a time, and a reason, belong to it. */
  term?: boolean;
  reason?: boolean;
  onDo(reason: string, ms: number): void;
  onClose(): void;
}

/** A question before something that others will feel. */
export function Ask({ title, text, action, danger = false, term = false, reason = false, onDo, onClose }: AskProps) {
  const [why, setWhy] = useState('');
  const [ms, setMs] = useState(24 * HOUR);
  const act = () => {
    onClose();
    onDo(why.trim(), ms);
  };
  const foot = (
    <>
      <button type="button" className="button" onClick={onClose}>
        {t('cancel')}
      </button>
      <button type="button" className={danger ? 'button danger' : 'button primary'} onClick={act}>
        {action}
      </button>
    </>
  );
  return (
    <Modal title={title} onClose={onClose} foot={foot}>
      <div className={css.form}>
        <p className={css.text}>{text}</p>
        {term && <Term value={ms} onChange={setMs} />}
        {reason && (
          <Field label={t('reason')} hint={t('reason_hint')}>
            {(input) => <input {...input} value={why} onInput={(e) => setWhy(e.currentTarget.value)} maxLength={500} dir="auto" />}
          </Field>
        )}
      </div>
    </Modal>
  );
}
