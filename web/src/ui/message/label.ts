import { clockOf } from '../../i18n/time';
import { t } from '../../i18n/t';
import type { Message } from '../../sync/roomlog';

const LONGEST = 200;

/** What a message says, short enough to be heard; of one without words, what its files show or how they are called. */
export function wordsOf({ text, files, deleted }: Message): string {
  if (deleted) return t('deleted');
  return (text || files.map((f) => f.alt || f.name).join(', ')).slice(0, LONGEST);
}

/** How a message is called where one goes from one to the next: who, when, what. */
export const labelOf = (m: Message): string => `${t('says', { name: m.from.name, time: clockOf(m.ts) })} ${wordsOf(m)}`;
