import { texts as wordsOf } from '../../i18n/t';

const en = {
  jump: 'Find or jump',
  jump_label: 'Find a room or a person',
  jump_none: 'Nothing here is called that.',
  jump_person: 'direct message',
  jump_search: 'Search for “{words}” in what was said',
} as const;

const de: Record<keyof typeof en, string> = {
  jump: 'Suchen oder springen',
  jump_label: 'Raum oder Person suchen',
  jump_none: 'Nichts heißt hier so.',
  jump_person: 'Direktnachricht',
  jump_search: '„{words}“ in den Nachrichten suchen',
};

export const texts = wordsOf({ en, de });
