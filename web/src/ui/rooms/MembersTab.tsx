import { useMemo, useState, type FormEvent } from 'react';
import { t as core } from '../../i18n/t';
import type { RoomView } from '../../sync/room';
import { mayCreate } from '../../sync/roles';
import { ranked } from '../../text/rank';
import { roleName } from '../account/roles';
import { Field } from '../kit/Field';
import { MoreIcon, PlusIcon } from '../kit/icons';
import { TrashIcon } from '../kit/moreIcons';
import type { Items } from '../kit/Menu';
import { MenuButton } from '../kit/MenuButton';
import { toast } from '../kit/toast';
import type { Findable } from '../people/directory';
import { Face } from '../people/Face';
import { PeoplePicker } from '../people/PeoplePicker';
import { useMembers, type Member } from '../people/useMembers';
import { useSession, useView } from '../shell/session';
import { show } from '../shell/surface';
import { addAll, change } from './act';
import { PersonPlusIcon, StarIcon } from './moreIcons';
import { openDirect } from './openDirect';
import { mayAdd, mayHost, mayRemove } from './rights';
import { texts } from './texts';
import { texts as words } from '../people/texts';
import css from './MembersTab.module.css';

const { t, tn } = texts;
const nobody: readonly Findable[] = [];

/** Who is in a room, and for those who may: bringing people in and taking them out. */
export function MembersTab({ room }: { room: RoomView }) {
  const members = useMembers(room.id);
  const may = useView((s) => mayAdd(s, room));
  const [query, setQuery] = useState('');
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<Member | null>(null);
  const shown = useMemo(
    () => (query.trim() ? ranked(query, members.rows, (m) => (m.display ? `${m.name} ${m.display}` : m.name), () => 0) : members.rows),
    [query, members.rows],
  );
  if (removing) return <Remove room={room} member={removing} onEnd={() => setRemoving(null)} />;
  if (adding) return <AddPeople room={room} members={members.rows} onEnd={() => setAdding(false)} />;
  return (
    <div className={css.members}>
      <div className={css.top}>
        <input
          type="search"
          className={css.find}
          value={query}
          onInput={(e) => setQuery(e.currentTarget.value)}
          aria-label={t('members_filter')}
          placeholder={t('members_filter')}
          dir="auto"
          autoComplete="off"
        />
        {may && (
          <button type="button" className="button outlined" onClick={() => setAdding(true)}>
            <PlusIcon /> {t('members_add')}
          </button>
        )}
      </div>
      {members.said && <p role="alert">{members.said}</p>}
      <ul>
        {shown.map((member) => (
          <Row key={member.id} room={room} member={member} onRemove={() => setRemoving(member)} />
        ))}
      </ul>
      {members.known && shown.length === 0 && <p className={css.none}>{t('members_none')}</p>}
      {members.more && (
        <button type="button" className="button" onClick={members.next}>
          {t('members_more')}
        </button>
      )}
    </div>
  );
}

function Row({ room, member, onRemove }: { room: RoomView; member: Member; onRemove(): void }) {
  const session = useSession();
  const you = useView((s) => s.you.id);
  const hosts = useView((s) => mayHost(s, room));
  const removes = useView((s) => mayRemove(s, room, member.role));
  const writes = useView(mayCreate);
  const { id, name, host = false } = member;
  const others = id !== you;
  const act = async (op: 'host' | 'unhost') => {
    const said = await change(session, room.id, { op, person: id });
    if (said) toast(said);
  };
  const write = async () => {
    const said = await openDirect(session, [id]);
    if (said) toast(said);
  };
  const items: Items = [
    { label: t('member_profile'), run: () => show('profile', { id, name }) },
    ...(others && writes ? [{ label: t('member_write'), run: () => void write() }] : []),
    ...(hosts && member.role !== 'guest' ? [{ label: t(host ? 'member_unhost' : 'member_host'), icon: <StarIcon />, run: () => void act(host ? 'unhost' : 'host') }] : []),
    ...(others && removes ? [{ label: t('member_remove'), icon: <TrashIcon />, danger: true, run: onRemove }] : []),
  ];
  return (
    <li className={css.row}>
      <Face id={id} name={name} color={member.color} room={room} />
      <span className={css.who}>
        <bdi className={css.name}>{member.display || name}</bdi>
        {member.display && <bdi className={css.under}>@{name}</bdi>}
      </span>
      {id === you && <span className={css.mark}>{core('you')}</span>}
      {host && <span className={css.mark}>{words.t('host_mark')}</span>}
      {member.role !== 'member' && <span className={css.mark}>{roleName(member.role)}</span>}
      <MenuButton label={t('member_menu', { name })} items={items}>
        <MoreIcon />
      </MenuButton>
    </li>
  );
}

function AddPeople({ room, members, onEnd }: { room: RoomView; members: readonly Member[]; onEnd(): void }) {
  const session = useSession();
  const [people, setPeople] = useState(nobody);
  const [said, say] = useState('');
  const add = async () => {
    const { left, said: error } = await addAll(session, room.id, people);
    setPeople(left);
    if (error) return say(error);
    toast(tn('members_added', people.length));
    return onEnd();
  };
  return (
    <div className={css.members}>
      <PeoplePicker label={t('members_add_title')} most={50} chosen={people} onChange={setPeople} without={members.map((m) => m.id)} first />
      <p className={css.said} role="alert">
        {said}
      </p>
      <p className={css.buttons}>
        <button type="button" className="button primary" onClick={() => void add()} disabled={people.length === 0}>
          <PersonPlusIcon /> {t('members_add_go')}
        </button>
        <button type="button" className="button" onClick={onEnd}>
          {core('cancel')}
        </button>
      </p>
    </div>
  );
}

function Remove({ room, member: { id, name }, onEnd }: { room: RoomView; member: Member; onEnd(): void }) {
  const session = useSession();
  const [reason, setReason] = useState('');
  const [said, say] = useState('');
  const remove = async (e: FormEvent) => {
    e.preventDefault();
    const why = reason.trim();
    const error = await change(session, room.id, { op: 'remove', person: id, ...(why ? { reason: why } : {}) });
    if (error) say(error);
    else onEnd();
  };
  return (
    <form className={css.members} onSubmit={(e) => void remove(e)} noValidate>
      <h3 className={css.heading}>{t('remove_title', { name })}</h3>
      <p className={css.none}>{t('remove_text', { name })}</p>
      <Field label={t('remove_reason')} error={said}>
        {(input) => (
          <input
            {...input}
            value={reason}
            onInput={(e) => setReason(e.currentTarget.value)}
            maxLength={500}
            dir="auto"
            autoComplete="off"
            // oxlint-disable-next-line jsx-a11y/no-autofocus -- what was pressed is gone: this took its place
            autoFocus
          />
        )}
      </Field>
      <p className={css.buttons}>
        <button type="submit" className="button danger">
          {t('remove_go')}
        </button>
        <button type="button" className="button" onClick={onEnd}>
          {core('cancel')}
        </button>
      </p>
    </form>
  );
}
