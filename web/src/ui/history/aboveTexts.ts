import { texts } from '../../i18n/t';

const en = {
  missed_one: '{count} new message since {time}',
  missed_other: '{count} new messages since {time}',
  to_latest: 'Jump to latest',
  mark_read: 'Mark as read',
  link_missing: 'The message behind this link is not here. This is the place where it would be.',
  link_deleted: 'The message behind this link was deleted.',
  link_late: 'The message behind this link could not be loaded.',
} as const;

const de: Record<keyof typeof en, string> = {
  missed_one: '{count} neue Nachricht seit {time}',
  missed_other: '{count} neue Nachrichten seit {time}',
  to_latest: 'Zum Neuesten springen',
  mark_read: 'Als gelesen markieren',
  link_missing: 'Die Nachricht hinter diesem Link ist nicht hier. Das ist die Stelle, an der sie wäre.',
  link_deleted: 'Die Nachricht hinter diesem Link wurde gelöscht.',
  link_late: 'Die Nachricht hinter diesem Link konnte nicht geladen werden.',
};

/** The words of what lies over the list, which come with it. */
export const own = texts({ en, de });
