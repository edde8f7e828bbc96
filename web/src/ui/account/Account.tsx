import { t } from '../../i18n/t';
import { holdsOffice } from '../../sync/roles';
import { Avatar } from '../kit/Avatar';
import { DoorIcon, GearIcon, KeyIcon, KeysIcon, PenIcon, PersonIcon, ShieldIcon, UpDownIcon } from '../kit/icons';
import type { Item, Items } from '../kit/Menu';
import { MenuButton } from '../kit/MenuButton';
import { pages } from '../shell/pages';
import { go } from '../shell/route';
import { useView } from '../shell/session';
import { closeSurface, show } from '../shell/surface';
import { roleName } from './roles';
import { useSignOut } from './useSignOut';
import css from './Account.module.css';

/** On small screens the rooms lie over the page, and go with what was opened from them. */
const to = (href: string) => () => {
  closeSurface();
  go(href);
};

function itemsFor(role: string, leave: () => void): Items {
  const settings: Item = { label: t('settings'), icon: <GearIcon />, run: to('/settings') };
  const rename: Item = { label: t('name_yours'), icon: <PenIcon />, run: () => show('name', {}) };
  const keys: Item = { label: t('shortcuts'), icon: <KeysIcon />, run: () => show('shortcuts', {}) };
  if (role === 'guest') {
    // The way in is a page of its own, without a connection.
    const door: Item = { label: t('sign_in_or_up'), icon: <KeyIcon />, run: () => location.assign('/join') };
    return [rename, settings, keys, null, door];
  }
  const office: Items = holdsOffice(role) && pages.admin ? [{ label: t('administration'), icon: <ShieldIcon />, run: to('/admin') }] : [];
  const profile: Item = { label: t('profile_yours'), icon: <PersonIcon />, run: to('/settings/profile') };
  return [profile, rename, settings, keys, ...office, null, { label: t('sign_out'), icon: <DoorIcon />, run: leave }];
}

/** At the foot of the rooms: who one is, and what there is to do about it. */
export function Account() {
  const you = useView((s) => s.you);
  const unsent = useView((s) => s.unsent);
  const signOut = useSignOut();
  // What would be lost is told of where there is room for it.
  const leave = unsent > 0 ? to('/settings/account') : signOut;
  if (you.id === '') return null;
  return (
    <section aria-label={t('account')} className={css.foot} data-me={you.name}>
      <MenuButton className={css.me} label={t('me_menu', { name: `${you.name} ${roleName(you.role)}` })} items={itemsFor(you.role, leave)}>
        <Avatar id={you.id} name={you.name} color={you.color} />
        <span className={css.who}>
          {/* The blank is for who hears them, and for what compares them with the name of the button. */}
          <bdi className={css.name}>{you.name}</bdi>{' '}
          <span className={css.role}>{roleName(you.role)}</span>
        </span>
        <UpDownIcon />
      </MenuButton>
    </section>
  );
}
