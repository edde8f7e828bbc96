import { useEffect, useMemo, useState } from 'react';
import { reasonOf } from '../../i18n/t';
import type { Listed } from '../../proto/v1';
import { pages } from '../../sync/pages';
import type { Session } from '../../sync/session';
import { mayCreate } from '../../sync/roles';
import { ranked } from '../../text/rank';
import { PlusIcon } from '../kit/icons';
import { Modal } from '../kit/Modal';
import { go, hrefOf } from '../shell/route';
import { useSession, useView } from '../shell/session';
import { show } from '../shell/surface';
import { failed } from './act';
import { SearchIcon } from './icons';
import { KindIcon } from './RoomIcon';
import { texts } from './texts';
import css from './Browse.module.css';

const { t } = texts;

/** The rooms that one may come into, found as one types; and the way to a new one. */
export function Browse({ onClose }: { onClose(): void }) {
  const session = useSession();
  const may = useView(mayCreate);
  const own = useView((s) => s.rooms);
  const { rooms, whole, said: lost } = useOpen(session);
  const [query, setQuery] = useState('');
  const [said, say] = useState('');
  const mine = useMemo(() => new Set(own.map((r) => r.id)), [own]);
  const shown = useMemo(() => {
    if (query.trim() === '') return rooms;
    return ranked(query, rooms, (r) => `${r.name} ${r.topic}`, () => 0);
  }, [rooms, query]);

  const enter = async (id: string) => {
    if (!mine.has(id)) {
      const result = await session.submit({ op: 'join' }, id);
      if ('error' in result) return say(failed(result.error));
    }
    onClose();
    return go(hrefOf(id));
  };

  return (
    <Modal wide title={t('browse_title')} onClose={onClose}>
      <div className={css.top}>
        <label className={css.find}>
          <SearchIcon />
          <span className="unseen">{t('browse_filter')}</span>
          <input
            type="search"
            className={css.input}
            placeholder={t('browse_filter')}
            value={query}
            onInput={(e) => setQuery(e.currentTarget.value)}
            dir="auto"
            autoComplete="off"
            // oxlint-disable-next-line jsx-a11y/no-autofocus -- a dialog starts where one types
            autoFocus
          />
        </label>
        {may && (
          <button type="button" className="button primary" onClick={() => show('create', {})}>
            <PlusIcon /> {t('room_new')}
          </button>
        )}
      </div>
      <p className={css.said} role="status">
        {said || lost || (whole && shown.length === 0 ? t(query ? 'browse_none' : 'browse_empty') : '')}
      </p>
      <ul className={css.list} aria-label={t('browse_list')} aria-busy={!whole}>
        {shown.map((room) => (
          <Row key={room.id} room={room} mine={mine.has(room.id)} onEnter={() => void enter(room.id)} />
        ))}
      </ul>
    </Modal>
  );
}

function Row({ room, mine, onEnter }: { room: Listed; mine: boolean; onEnter(): void }) {
  return (
    <li className={css.room}>
      <span className={css.icon}>
        <KindIcon kind={room.kind} archived={room.archived === true} />
      </span>
      <span className={css.about}>
        <bdi className={css.name}>{room.name}</bdi>
        {room.topic && <bdi className={css.topic}>{room.topic}</bdi>}
      </span>
      <button
        type="button"
        className={mine ? 'button' : 'button outlined'}
        onClick={onEnter}
        aria-label={t(mine ? 'room_open_named' : 'room_join_named', { name: room.name })}
      >
        {mine ? t('room_open') : t('room_join')}
      </button>
    </li>
  );
}

/** All of them: there are few enough to be looked through as one types. */
function useOpen(session: Session) {
  const [rooms, setRooms] = useState<readonly Listed[]>([]);
  const [whole, setWhole] = useState(false);
  const [said, say] = useState('');
  useEffect(() => {
    let over = false;
    const ask = async (after: string) => {
      const reply = await session.listRooms(after);
      return 'error' in reply ? reply : { rows: reply.rooms, more: reply.more };
    };
    const take = (rows: readonly Listed[]) => {
      if (!over) setRooms((known) => [...known, ...rows]);
      return !over;
    };
    const read = async () => {
      const end = await pages(ask, take);
      if (over) return;
      if ('error' in end) say(t('load_failed', { reason: reasonOf(end.error) }));
      else setWhole(end.whole);
    };
    void read();
    return () => void (over = true);
  }, [session]);
  return { rooms, whole, said };
}

export default Browse;
