import { useId, useState, type FormEvent } from 'react';
import { t as core } from '../../i18n/t';
import type { Settings } from '../../proto/v1';
import type { RoomView } from '../../sync/room';
import { cleanLine } from '../../text/clean';
import { Field } from '../kit/Field';
import { Switch } from '../kit/Switch';
import { useSession, useView } from '../shell/session';
import { change } from './act';
import { Kinds } from './Create';
import { mayArchive, mayOpen, mayRename } from './rights';
import { texts } from './texts';
import css from './Details.module.css';

const { t, tn } = texts;

const SLOW_S = [0, 5, 10, 30, 60, 300, 900, 3600];
const KEEP_DAYS = [0, 7, 30, 90, 365, 730, 3650];

/** What a room is set to, for those who may. Each thing takes effect at once. */
export function Settle({ room }: { room: RoomView }) {
  const session = useSession();
  const renames = useView((s) => mayRename(s, room));
  const archives = useView((s) => mayArchive(s, room));
  const opens = useView((s) => mayOpen(s, room));
  const [said, say] = useState('');
  const set = async (settings: Partial<Settings>) => say((await change(session, room.id, { op: 'settings', ...settings })) ?? '');
  return (
    <div className={css.settings}>
      <p className={css.said} role="alert">
        {said}
      </p>
      {!room.archived && (
        <>
          {renames && <Rename key={room.name} room={room} />}
          <Kinds kind={room.kind} onPick={(kind) => void set({ kind })} />
          <Switch label={t('create_guests')} hint={t('create_guests_hint')} on={room.guests} onChange={(guests) => void set({ guests })} />
          {opens && <Switch label={t('settings_default')} hint={t('settings_default_hint')} on={room.default} onChange={(on) => void set({ default: on })} />}
          <Choice
            label={t('settings_slow')}
            hint={t('settings_slow_hint')}
            values={SLOW_S}
            now={Math.round(room.slow_ms / 1000)}
            told={slowness}
            onPick={(s) => void set({ slow_ms: s * 1000 })}
          />
          <Keeping days={room.retention_days} onPick={(retention_days) => void set({ retention_days })} />
        </>
      )}
      {archives && <Switch label={t('settings_archived')} hint={t('settings_archived_hint')} on={room.archived} onChange={(archived) => void set({ archived })} />}
    </div>
  );
}

function slowness(s: number): string {
  if (s === 0) return t('slow_off');
  return s % 60 === 0 ? tn('slow_m', s / 60) : tn('slow_s', s);
}

function keeping(days: number): string {
  if (days === 0) return t('keep_all');
  return days % 365 === 0 ? tn('keep_y', days / 365) : tn('keep_d', days);
}

function Rename({ room }: { room: RoomView }) {
  const session = useSession();
  const [name, setName] = useState(room.name);
  const [said, say] = useState('');
  const save = async (e: FormEvent) => {
    e.preventDefault();
    say((await change(session, room.id, { op: 'name', name: cleanLine(name) })) ?? '');
  };
  return (
    <form onSubmit={(e) => void save(e)} noValidate>
      <Field label={t('settings_name')} error={said}>
        {(input) => (
          <span className={css.row}>
            <input {...input} value={name} onInput={(e) => setName(e.currentTarget.value)} dir="auto" autoComplete="off" />
            <button type="submit" className="button primary" disabled={cleanLine(name) === room.name || cleanLine(name) === ''}>
              {t('settings_save')}
            </button>
          </span>
        )}
      </Field>
    </form>
  );
}

interface ChoiceProps {
  label: string;
  hint: string;
  values: readonly number[];
  now: number;
  told(value: number): string;
  onPick(value: number): void;
}

function Choice({ label, hint, values, now, told, onPick }: ChoiceProps) {
  const id = useId();
  const all = values.includes(now) ? values : [...values, now].toSorted((a, b) => a - b);
  return (
    <Field label={label} hint={hint}>
      {(input) => (
        <select {...input} key={id} className={css.select} value={now} onChange={(e) => onPick(Number(e.currentTarget.value))}>
          {all.map((value) => (
            <option key={value} value={value}>
              {told(value)}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

/** A shorter time deletes at once what is older: that is asked again. */
function Keeping({ days, onPick }: { days: number; onPick(days: number): void }) {
  const [wish, setWish] = useState<number | null>(null);
  const shorter = (to: number) => to > 0 && (days === 0 || to < days);
  return (
    <div>
      <Choice
        label={t('settings_keep')}
        hint={t('settings_keep_hint')}
        values={KEEP_DAYS}
        now={wish ?? days}
        told={keeping}
        onPick={(to) => (shorter(to) ? setWish(to) : (setWish(null), onPick(to)))}
      />
      {wish !== null && (
        <p className={css.row} role="alert">
          <span>{t('keep_confirm')}</span>
          <button
            type="button"
            className="button danger"
            onClick={() => {
              onPick(wish);
              setWish(null);
            }}
          >
            {t('settings_apply')}
          </button>
          <button type="button" className="button" onClick={() => setWish(null)}>
            {core('cancel')}
          </button>
        </p>
      )}
    </div>
  );
}
