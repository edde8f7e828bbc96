import { texts } from '../../i18n/t';
import { notify as de } from '../../i18n/de/notify';
import { notify as en } from '../../i18n/en/notify';

export const words = texts({ en, de });
