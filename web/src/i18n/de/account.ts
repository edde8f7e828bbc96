import type { account as en } from '../en/account';

export const account: Record<keyof typeof en, string> = {
  sign_in: 'Anmelden',
  sign_out: 'Abmelden',
  account: 'Dein Konto',
  me_menu: 'Konto und Einstellungen: {name}',
  role_guest: 'Gast',
  role_member: 'Mitglied',
  role_moderator: 'Moderation',
  role_admin: 'Administration',
  role_owner: 'Besitz',
  role_bot: 'Bot',
  name_yours: 'Deinen Namen ändern',
  profile_yours: 'Dein Profil',
  settings: 'Einstellungen',
  administration: 'Verwaltung',
  shortcuts: 'Tastenkürzel',
  sign_in_or_up: 'Anmelden oder Konto anlegen',
  signed_out: 'Du wurdest abgemeldet.',
  shut_out: 'Die Moderation hat deine Sitzung beendet.',
};
