import { useEffect, useState } from 'react';
import { reasonOf } from '../../i18n/t';
import { LOBBY, type Listed } from '../../proto/v1';
import { SettingsIcon } from '../kit/moreIcons';
import { hrefOf } from '../shell/route';
import { useSession, useView } from '../shell/session';
import { show } from '../shell/surface';
import { Row } from './parts';
import { t, type Key } from './texts';
import css from './Admin.module.css';

/** The rooms that one can see: the public ones, and one's own. */
export function Rooms() {
  const session = useSession();
  const own = useView((s) => s.rooms);
  const [open, setOpen] = useState<readonly Listed[]>([]);
  const [more, setMore] = useState(false);
  const [error, setError] = useState('');
  const next = (after: string, before: readonly Listed[]) =>
    session.browse(after, (result) => {
      if ('error' in result) setError(reasonOf(result.error));
      else {
        setOpen([...before, ...result.rooms]);
        setMore(result.more);
      }
    });
  const ready = useView((s) => s.phase.at === 'ready');
  useEffect(() => {
    if (ready) next('', []);
    // oxlint-disable-next-line react/exhaustive-deps -- the first page, as soon as there is somebody to ask
  }, [ready]);
  const mine = own.filter((r) => r.kind !== 'direct' && !open.some((o) => o.id === r.id));
  const all = [...mine, ...open];
  return (
    <>
      <p className={css.text}>{t('rooms_text')}</p>
      {error && <p role="alert">{error}</p>}
      <ul className={css.rows}>
        {all.map((r) => (
          <Row
            key={r.id}
            title={<bdi>{r.name}</bdi>}
            marks={[
              t(`kind_${r.kind}` as Key),
              r.guests && t('for_guests'),
              r.default && t('for_newcomers'),
              r.archived && t('archived'),
            ]}
            sub={r.topic && <bdi>{r.topic}</bdi>}
          >
            <a className="button outlined" href={hrefOf(r.id)}>
              {t('room_open')}
            </a>
            {own.some((o) => o.id === r.id) && r.id !== LOBBY ? (
              <button
                type="button"
                className="icon-button"
                onClick={() => show('room', { room: r.id })}
                aria-haspopup="dialog"
                aria-label={t('room_settings', { room: r.name })}
              >
                <SettingsIcon />
              </button>
            ) : (
              <span className={css.none} />
            )}
          </Row>
        ))}
      </ul>
      {more && (
        <button type="button" className="button outlined" onClick={() => next(open.at(-1)?.name ?? '', open)}>
          {t('more')}
        </button>
      )}
    </>
  );
}
