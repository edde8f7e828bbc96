import { reasonOf, t, type Key } from '../../i18n/t';
import type { Session } from '../../sync/session';
import { Avatar } from '../kit/Avatar';
import { DoorIcon, GearIcon, KeyIcon, PenIcon, PersonIcon, ShieldIcon, UpDownIcon } from '../kit/icons';
import { MenuButton, type Item, type Items } from '../kit/Menu';
import { toast } from '../kit/toast';
import { pages } from '../shell/pages';
import { go } from '../shell/route';
import { useSession, useView } from '../shell/session';
import { closeSurface, show } from '../shell/surface';
import css from './Account.module.css';

const OFFICES = new Set(['moderator', 'admin', 'owner']);
const ROLES: Record<string, Key> = {
  guest: 'role_guest',
  member: 'role_member',
  moderator: 'role_moderator',
  admin: 'role_admin',
  owner: 'role_owner',
  bot: 'role_bot',
};

/** What somebody may do here, in a word. */
export const roleName = (role: string): string => (ROLES[role] ? t(ROLES[role]) : role);

/** On small screens the rooms lie over the page, and go with what was opened from them. */
const to = (href: string) => () => {
  closeSurface();
  go(href);
};

const leave = (session: Session) => () =>
  void session.signOut().then((result) =>
    'error' in result ? toast(t('did_not_work', { reason: reasonOf(result.error) })) : location.replace('/join'),
  );

function itemsFor(role: string, session: Session): Items {
  const settings: Item = { label: t('settings'), icon: <GearIcon />, run: to('/settings') };
  const rename: Item = { label: t('name_yours'), icon: <PenIcon />, run: () => show('name', {}) };
  if (role === 'guest') {
    // The way in is a page of its own, without a connection.
    const door: Item = { label: t('sign_in_or_up'), icon: <KeyIcon />, run: () => location.assign('/join') };
    return [rename, settings, null, door];
  }
  const office: Items = OFFICES.has(role) && pages.admin ? [{ label: t('administration'), icon: <ShieldIcon />, run: to('/admin') }] : [];
  const profile: Item = { label: t('profile_yours'), icon: <PersonIcon />, run: to('/settings/profile') };
  return [profile, rename, settings, ...office, null, { label: t('sign_out'), icon: <DoorIcon />, run: leave(session) }];
}

/** At the foot of the rooms: who one is, and what there is to do about it. */
export function Account() {
  const session = useSession();
  const you = useView((s) => s.you);
  if (you.id === '') return null;
  return (
    <section aria-label={t('account')} className={css.foot} data-me={you.name}>
      <MenuButton className={css.me} label={t('me_menu', { name: you.name })} items={itemsFor(you.role, session)}>
        <Avatar id={you.id} name={you.name} />
        <span className={css.who}>
          <bdi className={css.name}>{you.name}</bdi>
          <span className={css.role}>{roleName(you.role)}</span>
        </span>
        <UpDownIcon />
      </MenuButton>
    </section>
  );
}
