import { useState } from 'react';
import { reasonOf, t as core } from '../../i18n/t';
import { LOBBY } from '../../proto/v1';
import { copyText } from '../kit/copy';
import { Field } from '../kit/Field';
import { CopyIcon } from '../kit/moreIcons';
import { toast } from '../kit/toast';
import { useSession, useView } from '../shell/session';
import { t } from './texts';
import type { StepProps } from './Welcome';
import css from './Welcome.module.css';

const DAY_MS = 86_400_000;
const USES = [
  [1, 'invite_one'],
  [10, 'invite_ten'],
  [0, 'invite_any'],
] as const;
const DAYS = [
  [1, 'invite_day'],
  [7, 'invite_week'],
  [30, 'invite_month'],
] as const;
/** As many as an invitation takes. */
const ROOMS_MAX = 20;

/** An invitation into the rooms that newcomers are in. */
export function Invite({ onNext }: StepProps) {
  const session = useSession();
  const closed = useView((s) => s.server.signup === 'closed');
  const rooms = useView((s) => s.rooms);
  const [uses, setUses] = useState<number>(10);
  const [days, setDays] = useState<number>(7);
  const [link, setLink] = useState('');
  const [busy, setBusy] = useState(false);
  const make = async () => {
    setBusy(true);
    const into = rooms.filter((room) => room.default && room.id !== LOBBY && room.kind !== 'direct').slice(0, ROOMS_MAX);
    const result = await session.act('invite', {
      until_ms: Date.now() + days * DAY_MS,
      rooms: into.map((room) => room.id),
      ...(uses > 0 && { count: uses }),
    });
    setBusy(false);
    if ('error' in result) toast(core('did_not_work', { reason: reasonOf(result.error) }));
    // A server that does not know its own address leaves it to the page, which does.
    else setLink(new URL(result.link ?? '', location.origin).href);
  };
  const copy = async () => toast(t((await copyText(link)) ? 'copied' : 'copy_failed'));
  return (
    <div className={css.form}>
      {closed ? (
        <p className={css.panel}>{t('invite_closed')}</p>
      ) : link ? (
        <div className={css.panel}>
          <Field label={t('invite_link')} hint={t('invite_once')}>
            {(input) => <input {...input} readOnly value={link} onFocus={(e) => e.currentTarget.select()} />}
          </Field>
          <div className={css.buttons}>
            <button type="button" className="button primary" onClick={() => void copy()}>
              <CopyIcon /> {t('copy')}
            </button>
            <button type="button" className="button" onClick={() => setLink('')}>
              {t('invite_again')}
            </button>
          </div>
        </div>
      ) : (
        <div className={css.panel}>
          <Pick label={t('invite_uses')} options={USES} value={uses} onChange={setUses} />
          <Pick label={t('invite_until')} options={DAYS} value={days} onChange={setDays} />
          <div className={css.buttons}>
            <button type="button" className="button primary" disabled={busy} onClick={() => void make()}>
              {t('invite_make')}
            </button>
          </div>
        </div>
      )}
      <div className={css.buttons}>
        <button type="button" className={link || closed ? 'button primary' : 'button'} onClick={onNext}>
          {t(link || closed ? 'next' : 'later')}
        </button>
      </div>
    </div>
  );
}

interface PickProps {
  label: string;
  options: readonly (readonly [number, Parameters<typeof t>[0]])[];
  value: number;
  onChange(value: number): void;
}

function Pick({ label, options, value, onChange }: PickProps) {
  return (
    <Field label={label}>
      {(input) => (
        <select {...input} value={value} onChange={(e) => onChange(Number(e.currentTarget.value))}>
          {options.map(([of, key]) => (
            <option key={of} value={of}>
              {t(key)}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
