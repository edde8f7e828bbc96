import { useEffect, useState, type FormEvent } from 'react';
import { reasonOf, t as core } from '../../i18n/t';
import { sizeOf } from '../../i18n/size';
import { shortOf } from '../../i18n/time';
import { serverState, type ServerState } from '../../sync/server_state';
import { Field } from '../kit/Field';
import { Switch } from '../kit/Switch';
import { toast } from '../kit/toast';
import { keep } from '../shell/browser';
import { useSession, useView } from '../shell/session';
import { useNaming } from '../shell/useNaming';
import { told } from './office';
import { t, tn } from './texts';
import css from './Admin.module.css';

const EVERY_MS = 5000;
const SLOW_MS = [0, 1000, 5000, 10_000, 30_000, 60_000, 300_000];

/** The state of the server, again every few seconds while somebody looks. */
export function useServerState(): { state: ServerState | null; error: string } {
  const [state, set] = useState<ServerState | null>(null);
  const [error, fail] = useState('');
  useEffect(() => {
    let over = false;
    const look = async () => {
      const found = await serverState(keep);
      if (over) return;
      if ('error' in found) fail(reasonOf(found.error));
      else {
        set(found);
        fail('');
      }
    };
    void look();
    const timer = setInterval(() => document.visibilityState === 'visible' && void look(), EVERY_MS);
    return () => {
      over = true;
      clearInterval(timer);
    };
  }, []);
  return { state, error };
}

export function State() {
  const { state, error } = useServerState();
  return (
    <>
      {error && <p role="alert">{error}</p>}
      {state ? <Figures state={state} /> : !error && <p className={css.quiet}>{t('loading')}</p>}
      <Name />
      <Brake />
      <section className={css.card}>
        <h2 className={css.subheading}>{t('setup')}</h2>
        <p className={css.text}>{t('setup_text')}</p>
        <div className={css.foot}>
          <a className="button outlined" href="/welcome">
            {t('setup_open')}
          </a>
        </div>
      </section>
      {state && <Counters state={state} />}
    </>
  );
}

function Figures({ state }: { state: ServerState }) {
  const { disk, version, started } = state;
  const metric = (name: string) =>
    state.metrics.reduce((sum, m) => (m.name.split('{')[0] === name ? sum + m.value : sum), 0).toLocaleString();
  const figures: [string, string][] = [
    [t('version'), version],
    [t('running'), shortOf(started)],
    [t('connections'), metric('hubbub_clients')],
    [t('messages_kept'), metric('hubbub_store_events_total')],
    [t('refused'), metric('hubbub_refused_total')],
    [t('rate_limited'), metric('hubbub_rate_limited_total')],
  ];
  if (disk) {
    figures.push([t('database'), sizeOf(disk.database)]);
    figures.push([t('disk_free'), `${sizeOf(disk.free)} / ${sizeOf(disk.total)}`]);
  }
  return (
    <>
      {disk && disk.free < 2 * disk.reserve && <p className={css.warning}>{t('disk_low', { reserve: sizeOf(disk.reserve) })}</p>}
      <dl className={css.figures}>
        {figures.map(([what, value]) => (
          <div key={what} className={css.figure}>
            <dt>{what}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

/** What the community is called. */
function Name() {
  const { value, type, most, wrong, isNew, save } = useNaming();
  const submit = async (e: FormEvent) => {
    e.preventDefault();
    if (await save()) toast(t('called_done'));
  };
  return (
    <form className={css.card} onSubmit={(e) => void submit(e)} noValidate>
      <h2 className={css.subheading}>{t('called')}</h2>
      <p className={css.text}>{t('called_text')}</p>
      <Field label={t('called_label')} hint={t('called_hint', { count: most, app: core('app') })} error={wrong}>
        {(input) => <input {...input} value={value} onInput={(e) => type(e.currentTarget.value)} dir="auto" autoComplete="off" />}
      </Field>
      <div className={css.foot}>
        <button type="submit" className="button outlined" disabled={!isNew}>
          {core('save')}
        </button>
      </div>
    </form>
  );
}

function Brake() {
  const session = useSession();
  const server = useView((s) => s.server);
  const set = async (membersOnly: boolean, slowMs: number) =>
    void told(await session.act('brake', { members_only: membersOnly, slow_ms: slowMs }), '');
  return (
    <section className={css.card}>
      <h2 className={css.subheading}>{t('brake')}</h2>
      <p className={css.text}>{t('brake_text')}</p>
      <Switch
        label={t('brake_members')}
        hint={t('brake_members_hint')}
        on={server.members_only}
        onChange={(on) => void set(on, server.slow_ms)}
      />
      <Field label={t('brake_slow')}>
        {(input) => (
          <select {...input} value={server.slow_ms} onChange={(e) => void set(server.members_only, Number(e.currentTarget.value))}>
            {[...new Set([...SLOW_MS, server.slow_ms])].toSorted((a, b) => a - b).map((ms) => (
              <option key={ms} value={ms}>
                {slowness(ms)}
              </option>
            ))}
          </select>
        )}
      </Field>
    </section>
  );
}

function slowness(ms: number): string {
  if (ms === 0) return t('slow_off');
  const seconds = Math.round(ms / 1000);
  return seconds % 60 === 0 ? tn('slow_minutes', seconds / 60) : tn('slow_seconds', seconds);
}

function Counters({ state }: { state: ServerState }) {
  return (
    <details className={css.more}>
      <summary>{t('counters')}</summary>
      <p className={css.text}>{t('counters_text')}</p>
      <table className={css.table}>
        <tbody>
          {state.metrics.map((m) => (
            <tr key={m.name}>
              <th scope="row" title={m.help} className={css.code}>
                {m.name}
              </th>
              <td>{m.value.toLocaleString()}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
