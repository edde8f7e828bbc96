// What can be done about one person, by those whose office allows it: a menu, and the questions behind its items.

import { useState } from 'react';
import { holdsOffice, rankOf } from '../../sync/roles';
import type { Items } from '../kit/Menu';
import { MenuButton } from '../kit/MenuButton';
import { Modal } from '../kit/Modal';
import { MoreIcon } from '../kit/icons';
import { toast } from '../kit/toast';
import { useSession, useView } from '../shell/session';
import { isAdmin, outranks, told } from './office';
import { Ask, Once } from './parts';
import { t, tn, type Key } from './texts';
import css from './Admin.module.css';

export interface Managed {
  id: string;
  name: string;
  role: string;
  muted?: boolean;
}

type Question = 'role' | 'mute' | 'kick' | 'ban' | 'purge' | { link: string } | null;

interface Props {
  person: Managed;
  onDone?: () => void;
  /** A button with words, where there is room for them. */
  words?: boolean;
}

const nothing = () => {};

export function ManageMenu({ person, onDone, words = false }: Props) {
  const own = useView((s) => s.you.role);
  const offices = useOffices(person, onDone ?? nothing);
  const [asked, ask] = useState<Question>(null);
  if (!holdsOffice(own) || !outranks(own, person.role)) return null;
  return (
    <>
      <MenuButton
        label={t('manage', { name: person.name })}
        items={itemsOf(person, own, ask, offices)}
        className={words ? 'button outlined' : 'icon-button'}
      >
        {words ? t('manage_short') : <MoreIcon />}
      </MenuButton>
      <Asked question={asked} person={person} own={own} offices={offices} onClose={() => ask(null)} />
    </>
  );
}

/** One of the questions by itself, asked from elsewhere. */
export function ManageSurface({ question, onClose, ...person }: Managed & { question: 'mute' | 'kick'; onClose(): void }) {
  const own = useView((s) => s.you.role);
  const offices = useOffices(person, nothing);
  return <Asked question={question} person={person} own={own} offices={offices} onClose={onClose} />;
}

type Offices = ReturnType<typeof useOffices>;

/** What is done, and what is said about it. */
function useOffices({ id, name }: Managed, done: () => void) {
  const session = useSession();
  const after = (worked: boolean) => {
    if (worked) done();
  };
  return {
    role: async (role: string) =>
      after(told(await session.act('role', { person: id, role }), t('did_role', { name, role: t(`role_${role}` as Key) }))),
    mute: async (reason: string, ms: number) =>
      after(told(await session.act('mute', { person: id, ...timed(reason, ms) }), t('did_mute', { name }))),
    unmute: async () => after(told(await session.act('unmute', { person: id }), t('did_unmute', { name }))),
    kick: async (reason: string) =>
      after(told(await session.act('kick', { person: id, ...(reason && { reason }) }), t('did_kick', { name }))),
    ban: async (reason: string, ms: number) =>
      after(told(await session.act('ban', { person: id, ...timed(reason, ms) }), t('did_ban', { name }))),
    /** The link, or nothing. */
    reset: async (): Promise<string> => {
      const made = await session.act('reset_link', { person: id });
      return told(made, '') && 'link' in made ? (made.link ?? '') : '';
    },
    purge: async () => {
      let count = 0;
      for (;;) {
        // oxlint-disable-next-line no-await-in-loop -- the server deletes a hundred at a time
        const said = await session.purge(id);
        if (!told(said, '') || 'error' in said) return;
        count += said.deleted;
        if (!said.more) break;
      }
      toast(tn('purged', count));
      done();
    },
  };
}

const timed = (reason: string, ms: number) => ({ ...(reason && { reason }), ...(ms > 0 && { for_ms: ms }) });

function itemsOf(person: Managed, own: string, ask: (q: Question) => void, offices: Offices): Items {
  const account = person.role !== 'guest' && person.role !== 'bot';
  const reset = async () => {
    const link = await offices.reset();
    if (link) ask({ link });
  };
  return [
    ...(isAdmin(own) && account ? [{ label: t('change_role'), run: () => ask('role') }] : []),
    ...(isAdmin(own) && account ? [{ label: t('reset_link'), run: () => void reset() }, null] : []),
    person.muted ? { label: t('unmute'), run: () => void offices.unmute() } : { label: t('mute'), run: () => ask('mute') },
    { label: t('kick'), run: () => ask('kick') },
    null,
    { label: t('purge'), danger: true, run: () => ask('purge') },
    { label: t('ban'), danger: true, run: () => ask('ban') },
  ];
}

interface AskedProps {
  question: Question;
  person: Managed;
  own: string;
  offices: Offices;
  onClose(): void;
}

function Asked({ question, person, own, offices, onClose }: AskedProps) {
  const { name } = person;
  if (question === null) return null;
  if (question === 'role') return <Roles person={person} own={own} onDo={(role) => void offices.role(role)} onClose={onClose} />;
  if (typeof question === 'object') {
    return (
      <Modal title={t('reset_link')} onClose={onClose}>
        <div className={css.form}>
          <p className={css.text}>{t('reset_text', { name })}</p>
          <Once label={t('reset_link')} value={question.link} onClose={onClose} />
        </div>
      </Modal>
    );
  }
  const title = `${t(question)}: ${name}`;
  return (
    <Ask
      title={title}
      text={t(`${question}_text`, { name })}
      action={t(question)}
      danger={question === 'ban' || question === 'purge'}
      term={question === 'mute' || question === 'ban'}
      reason={question !== 'purge'}
      onDo={(reason, ms) => void offices[question](reason, ms)}
      onClose={onClose}
    />
  );
}

const ROLES = ['member', 'moderator', 'admin', 'owner'] as const;

function Roles({ person, own, onDo, onClose }: { person: Managed; own: string; onDo(role: string): void; onClose(): void }) {
  const [role, setRole] = useState(person.role);
  // Nobody gives a role that is not below their own, but owners, who make other owners.
  const givable = ROLES.filter((r) => rankOf(r) < rankOf(own) || own === 'owner');
  const foot = (
    <>
      <button type="button" className="button" onClick={onClose}>
        {t('cancel')}
      </button>
      <button
        type="button"
        className="button primary"
        disabled={role === person.role}
        onClick={() => {
          onClose();
          onDo(role);
        }}
      >
        {t('change_role')}
      </button>
    </>
  );
  return (
    <Modal title={`${t('change_role')}: ${person.name}`} onClose={onClose} foot={foot}>
      <fieldset className={css.choices}>
        <legend className={css.text}>{t('role_text')}</legend>
        {givable.map((r) => (
          <label key={r} className={css.choice}>
            <input type="radio" name="role" value={r} checked={role === r} onChange={() => setRole(r)} />
            <span>
              {t(`role_${r}`)}
              <small>{t(`role_${r}_text`)}</small>
            </span>
          </label>
        ))}
      </fieldset>
    </Modal>
  );
}
