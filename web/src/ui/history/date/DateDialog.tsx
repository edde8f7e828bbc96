import { useId, useState, type FormEvent } from 'react';
import { dayOf } from '../../../i18n/time';
import { reasonOf } from '../../../i18n/t';
import { Modal } from '../../kit/Modal';
import { go, hrefOf } from '../../shell/route';
import { useSession, useView } from '../../shell/session';
import form from '../../kit/Form.module.css';
import { t } from './texts';
import { dayIn, quickDays } from './days';
import css from './DateDialog.module.css';

/** To what was said on a day. */
export default function DateDialog({ room: id, onClose }: { room: string; onClose(): void }) {
  const session = useSession();
  const log = useView((s) => s.rooms.find((r) => r.id === id)?.log ?? null);
  const field = useId();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState('');
  const [now] = useState(() => Date.now());
  const [day, setDay] = useState(() => dayIn(now));

  const to = async (ms: number) => {
    setBusy(true);
    setError('');
    const found = await session.fetchDate(ms);
    setBusy(false);
    if (typeof found !== 'number') return setError(reasonOf(found.error));
    // To a message, so that the address leads there, too. After all of them is the end.
    const first = log?.entries.find((e) => e.kind === 'message' && e.seq >= found && e.ts >= ms);
    onClose();
    return go(hrefOf(id, first?.seq ?? null));
  };
  const onSubmit = (e: FormEvent) => {
    e.preventDefault();
    const [year = NaN, month = NaN, date = NaN] = day.split('-').map(Number);
    const ms = new Date(year, month - 1, date).getTime();
    if (Number.isNaN(ms)) setError(t('no_day'));
    else void to(ms);
  };

  return (
    <Modal title={t('title')} onClose={onClose}>
      <form className={css.form} onSubmit={onSubmit} aria-busy={busy}>
        <div className={css.quick}>
          {quickDays(now).map(({ name, ms }) => (
            <button key={name} type="button" className="button outlined" disabled={busy} onClick={() => void to(ms)}>
              {t(name)}
            </button>
          ))}
        </div>
        <label className={form.label} htmlFor={field}>
          {t('day')}
        </label>
        <div className={css.line}>
          <input
            id={field}
            className={form.input}
            type="date"
            required
            value={day}
            max={dayIn(dayOf(now))}
            onInput={(e) => setDay((e.target as HTMLInputElement).value)}
          />
          <button type="submit" className="button primary" disabled={busy || day === ''}>
            {t('go')}
          </button>
        </div>
        <p className={form.said} role="alert">
          {error}
        </p>
      </form>
    </Modal>
  );
}
