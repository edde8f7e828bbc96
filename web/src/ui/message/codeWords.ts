// What stands at a block of code, which comes with the first one.

import { texts } from '../../i18n/t';

const en = {
  copy_code: 'Copy the code',
  code_more_one: 'Show the {count} line',
  code_more_other: 'Show all {count} lines',
  code_less: 'Show less',
} as const;

const de: Record<keyof typeof en, string> = {
  copy_code: 'Code kopieren',
  code_more_one: '{count} Zeile zeigen',
  code_more_other: 'Alle {count} Zeilen zeigen',
  code_less: 'Weniger zeigen',
};

export const own = texts({ en, de });
