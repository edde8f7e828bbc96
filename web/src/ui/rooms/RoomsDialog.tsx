import { useCallback, useEffect, useState, type FormEvent } from 'react';
import { reasonOf, t } from '../../i18n/t';
import type { ErrorBody, Listed } from '../../proto/v1';
import type { Session } from '../../sync/session';
import { chars, cleanLine } from '../../text/clean';
import { Dialog } from '../kit/Dialog';
import { CloseIcon } from '../kit/icons';
import { go, hrefOf } from '../shell/route';
import { useSession, useView } from '../shell/session';
import form from '../kit/Form.module.css';
import css from './RoomsDialog.module.css';

/** A new room, or one that is there already. */
export function RoomsDialog({ onClose }: { onClose(): void }) {
  const session = useSession();
  const limits = useView((s) => s.limits);
  const own = useView((s) => s.rooms);
  const { rooms, more, next, said, say } = useRooms(session);
  const [name, setName] = useState('');
  const [busy, setBusy] = useState(false);
  const most = limits.name_chars;
  const mine = new Set(own.map((r) => r.id));

  const enter = (id: string) => {
    onClose();
    go(hrefOf(id));
  };
  const ended = (result: { ok: { room: string } } | { error: ErrorBody }) => {
    setBusy(false);
    if ('error' in result) say(t('did_not_work', { reason: reasonOf(result.error) }));
    else enter(result.ok.room);
  };
  const create = (e: FormEvent) => {
    e.preventDefault();
    const clean = cleanLine(name);
    if (busy) return;
    if (clean === '') return say(t('room_name_empty'));
    if (chars(clean) > most) return say(t('name_long', { count: most }));
    setBusy(true);
    session.create(clean, ended);
  };
  const join = (id: string) => {
    if (mine.has(id)) return enter(id);
    setBusy(true);
    session.join(id, ended);
  };

  return (
    <Dialog className={form.dialog} labelledBy="rooms-title" onClose={onClose}>
      <div className={css.inside}>
        <div className={css.top}>
          <h2 id="rooms-title" className={form.title}>
            {t('rooms_title')}
          </h2>
          <button type="button" className="icon-button" onClick={onClose} aria-label={t('close')}>
            <CloseIcon />
          </button>
        </div>
        <form className={css.create} onSubmit={create} noValidate>
          <label className={form.label} htmlFor="room-name">
            {t('room_new')}
          </label>
          <div className={css.line}>
            <input
              id="room-name"
              className={form.input}
              value={name}
              onInput={(e) => setName(e.currentTarget.value)}
              placeholder={t('room_name')}
              dir="auto"
              autoComplete="off"
              aria-describedby="rooms-said"
              // oxlint-disable-next-line jsx-a11y/no-autofocus -- a dialog starts where one types
              autoFocus
            />
            <button type="submit" className="button primary" disabled={busy}>
              {t('room_create')}
            </button>
          </div>
          <p id="rooms-said" className={form.said} role="status">
            {said}
          </p>
        </form>
        <h3 className={form.label} id="rooms-public">
          {t('rooms_public')}
        </h3>
        <ul className={css.list} aria-labelledby="rooms-public">
          {rooms.map((room) => (
            <li key={room.id} className={css.room}>
              <span className={css.about}>
                <bdi className={css.name}>{room.name}</bdi>
                {room.topic && <bdi className={css.topic}>{room.topic}</bdi>}
              </span>
              <button
                type="button"
                className="button"
                disabled={busy}
                onClick={() => join(room.id)}
                aria-label={t(mine.has(room.id) ? 'room_open_named' : 'room_join_named', { name: room.name })}
              >
                {t(mine.has(room.id) ? 'room_open' : 'room_join')}
              </button>
            </li>
          ))}
        </ul>
        {more && (
          <button type="button" className="button" onClick={next}>
            {t('rooms_more')}
          </button>
        )}
      </div>
    </Dialog>
  );
}

/** The public rooms, page by page. */
function useRooms(session: Session) {
  const [rooms, setRooms] = useState<readonly Listed[]>([]);
  const [more, setMore] = useState(false);
  const [said, say] = useState('');
  const ask = useCallback(
    (after: string) =>
      session.browse(after, (result) => {
        if ('error' in result) return say(t('did_not_work', { reason: reasonOf(result.error) }));
        setRooms((known) => [...known, ...result.rooms]);
        return setMore(result.more && result.rooms.length > 0);
      }),
    [session],
  );
  useEffect(() => ask(''), [ask]);
  const next = () => {
    setMore(false);
    ask(rooms.at(-1)?.name ?? '');
  };
  return { rooms, more, next, said, say };
}
