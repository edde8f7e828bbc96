import { useEffect, useSyncExternalStore, type ComponentType } from 'react';
import { KeyIcon, KeysIcon, PersonIcon } from '../kit/icons';
import { Screens, type Screen } from '../kit/Screens';
import { Nowhere } from '../shell/Nowhere';
import { go, lastTalk, useRoute } from '../shell/route';
import { useView } from '../shell/session';
import { About } from './About';
import { Account } from './Account';
import { Appearance } from './Appearance';
import { Files } from './Files';
import { BellIcon, DevicesIcon, FileIcon, InfoIcon, PaletteIcon, WritingIcon } from './icons';
import { Keyboard } from './Keyboard';
import { Notifications } from './Notifications';
import { Profile } from './Profile';
import { Sessions } from './Sessions';
import { t } from './texts';
import { Writing } from './Writing';

const parts: Record<string, ComponentType<object>> = {
  profile: Profile,
  account: Account,
  sessions: Sessions,
  notifications: Notifications,
  appearance: Appearance,
  writing: Writing,
  files: Files,
  keyboard: Keyboard,
  about: About,
};

function screensFor(guest: boolean): Screen[][] {
  const profile = { key: 'profile', label: t('profile'), icon: <PersonIcon /> };
  const account = { key: 'account', label: t('account'), icon: <KeyIcon /> };
  const files = { key: 'files', label: t('files'), icon: <FileIcon /> };
  const sessions = { key: 'sessions', label: t('sessions'), icon: <DevicesIcon /> };
  return [
    // A guest is known to one browser, and sends no files.
    guest ? [profile, account] : [profile, account, sessions, files],
    [
      { key: 'notifications', label: t('notifications'), icon: <BellIcon /> },
      { key: 'appearance', label: t('appearance'), icon: <PaletteIcon /> },
      { key: 'writing', label: t('writing'), icon: <WritingIcon /> },
    ],
    [
      { key: 'keyboard', label: t('keyboard'), icon: <KeysIcon /> },
      { key: 'about', label: t('about'), icon: <InfoIcon /> },
    ],
  ];
}

/** Everything that a person can set for themselves. */
export default function Settings() {
  const route = useRoute();
  const role = useView((s) => s.you.role);
  const wide = useWide();
  useEscape();
  const asked = route.at === 'settings' ? route.part : '';
  // A phone begins with the list; beside it there would be nothing otherwise.
  const current = asked || (wide ? 'profile' : '');
  const Part = Object.hasOwn(parts, current) ? parts[current] : undefined;
  const screens = screensFor(role === 'guest');
  // Who one is comes with the first answer of the server, and with it what there is to be set.
  const listed = screens.some((group) => group.some(({ key }) => key === current));
  if (current && (!Part || (role !== '' && !listed))) return <Nowhere />;
  return (
    <Screens title={t('settings')} screens={screens} current={current} base="/settings" back={lastTalk()} narrow>
      {Part && role !== '' && <Part key={current} />}
    </Screens>
  );
}

const WIDE = '(width >= 48rem)';

const isWide = () => matchMedia(WIDE).matches;

function onWidth(changed: () => void): () => void {
  const media = matchMedia(WIDE);
  media.addEventListener('change', changed);
  return () => media.removeEventListener('change', changed);
}

const useWide = (): boolean => useSyncExternalStore(onWidth, isWide, isWide);

/** Escape leads back to the talk, unless something is open that it closes. */
function useEscape(): void {
  useEffect(() => {
    const onKey = (e: KeyboardEvent) => {
      if (e.key !== 'Escape' || e.defaultPrevented || e.isComposing) return;
      if (document.querySelector('dialog[open], :popover-open')) return;
      go(lastTalk());
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
}
