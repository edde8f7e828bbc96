// The words of an address that leads nowhere. Few see them, so they come with it.

import { texts } from '../../i18n/t';

const en = {
  title: 'There is nothing here',
  text: 'The address may be mistyped, or what was here is gone.',
} as const;

const de: Record<keyof typeof en, string> = {
  title: 'Hier ist nichts',
  text: 'Vielleicht ist die Adresse vertippt, oder es gibt das nicht mehr.',
};

export const { t } = texts({ en, de });
