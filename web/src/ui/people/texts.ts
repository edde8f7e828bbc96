// The words about people that come with what shows them.

import { texts as wordsOf } from '../../i18n/t';

const en = {
  visitors_one: '{count} visitor',
  visitors_other: '{count} visitors',
  group_active: 'Active',
  group_idle: 'Idle',
  group_away: 'Away',
  people_more: 'Show more',
  host_mark: 'host',
  profile_edit: 'Edit profile',
  direct_write: 'Write directly',
  mention: 'Mention',
  first_title: 'Welcome! You are {name}.',
  first_text: 'What should people call you? You can change it whenever you like.',
  first_field: 'A new name',
  first_save: 'That is me',
  first_skip: 'Not now',
  name_title: 'What should people call you?',
  name_hint: 'Everyone here sees it. Up to {count} characters.',
} as const;

const de: Record<keyof typeof en, string> = {
  visitors_one: '{count} Besuch',
  visitors_other: '{count} Besuche',
  group_active: 'Aktiv',
  group_idle: 'Untätig',
  group_away: 'Abwesend',
  people_more: 'Mehr zeigen',
  host_mark: 'Leitung',
  profile_edit: 'Profil bearbeiten',
  direct_write: 'Direkt schreiben',
  mention: 'Erwähnen',
  first_title: 'Willkommen! Du heißt {name}.',
  first_text: 'Wie sollen dich alle nennen? Du kannst es jederzeit ändern.',
  first_field: 'Ein neuer Name',
  first_save: 'So heiße ich',
  first_skip: 'Jetzt nicht',
  name_title: 'Wie sollen dich alle nennen?',
  name_hint: 'Alle hier sehen ihn. Bis zu {count} Zeichen.',
};

export const texts = wordsOf({ en, de });
