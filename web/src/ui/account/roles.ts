import { t, type Key } from '../../i18n/t';

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
