// The words of the settings, which come with them.

import { texts } from '../../../i18n/t';
import { de } from './de';
import { en } from './en';

export type Key = keyof typeof en;

export const { t, tn } = texts<Key>({ en, de });
