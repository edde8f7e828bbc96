import { reasonOf, t as core } from '../../i18n/t';
import { shortOf } from '../../i18n/time';
import type { ListRows } from '../../proto/v1';
import { toast } from '../kit/toast';
import { useSession } from '../shell/session';
import { DevicesIcon } from './icons';
import { t } from './texts';
import { useList } from './useList';
import css from './List.module.css';

/** Where one is signed in, and the way to end it there. */
export function Sessions() {
  const session = useSession();
  const { rows, more, next, said, drop, again } = useList('sessions');
  const end = async (row: ListRows['sessions']) => {
    const result = await session.act('session_end', { session: row.id });
    if ('error' in result) return toast(core('did_not_work', { reason: reasonOf(result.error) }));
    drop(row.id);
    return toast(t('session_ended'));
  };
  const endOthers = async () => {
    const result = await session.act('sessions_end', {});
    if ('error' in result) return toast(core('did_not_work', { reason: reasonOf(result.error) }));
    again();
    return toast(t('sessions_ended'));
  };
  const alone = rows !== null && rows.every((row) => row.current);
  return (
    <>
      <p className={css.text}>{t('sessions_text')}</p>
      <p className={said ? undefined : 'unseen'} role="status">
        {said || (rows ? '' : t('loading'))}
      </p>
      {rows && (
        <ul className={css.list} aria-label={t('sessions')}>
          {rows.toSorted((a, b) => Number(b.current ?? false) - Number(a.current ?? false)).map((row) => (
            <Row key={row.id} row={row} onEnd={() => void end(row)} />
          ))}
        </ul>
      )}
      {more && (
        <button type="button" className="button" onClick={next}>
          {t('more')}
        </button>
      )}
      {alone ? (
        <p className={css.text}>{t('sessions_only')}</p>
      ) : (
        <p>
          <button type="button" className="button outlined" disabled={!rows} onClick={() => void endOthers()}>
            {t('sessions_end')}
          </button>
        </p>
      )}
    </>
  );
}

function Row({ row, onEnd }: { row: ListRows['sessions']; onEnd(): void }) {
  const device = deviceName(row.device ?? '');
  return (
    <li className={css.row}>
      <DevicesIcon />
      <span className={css.words}>
        <span className={css.main}>
          <bdi>{device}</bdi>
          {row.current && <span className={css.badge}>{t('session_here')}</span>}
        </span>
        <span className={css.faint}>{t('session_times', { created: shortOf(row.created ?? 0), used: shortOf(row.used ?? 0) })}</span>
      </span>
      {!row.current && (
        <button type="button" className="button outlined" onClick={onEnd} aria-label={t('session_end_named', { device })}>
          {t('session_end')}
        </button>
      )}
    </li>
  );
}

/** The server says it in English: "Firefox on Windows". */
function deviceName(device: string): string {
  if (device === '') return t('session_unknown');
  const [, app, system] = /^(.+) on (.+)$/.exec(device) ?? [];
  return app && system ? t('session_on', { app, system }) : device;
}
