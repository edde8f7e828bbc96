import { texts } from '../../../i18n/t';

const en = {
  title: 'Go to a day',
  today: 'Today',
  yesterday: 'Yesterday',
  last_week: 'A week ago',
  first: 'The beginning',
  day: 'Or choose a day',
  go: 'Go',
  no_day: 'That is no day.',
} as const;

const de: Record<keyof typeof en, string> = {
  title: 'Zu einem Tag',
  today: 'Heute',
  yesterday: 'Gestern',
  last_week: 'Vor einer Woche',
  first: 'Der Anfang',
  day: 'Oder wähl einen Tag',
  go: 'Los',
  no_day: 'Das ist kein Tag.',
};

export const { t } = texts({ en, de });
