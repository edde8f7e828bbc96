import type { people as en } from '../en/people';

export const people: Record<keyof typeof en, string> = {
  you: 'du',
  people_open_one: 'Wer da ist: {count} Person',
  people_open_other: 'Wer da ist: {count} Personen',
  more_one: 'und {count} weitere Person',
  more_other: 'und {count} weitere',
  active: 'aktiv',
  idle: 'untätig',
  name_label: 'Dein Name',
  name_save: 'Speichern',
  name_cancel: 'Abbrechen',
  name_empty: 'Bitte gib einen Namen ein.',
  name_long: 'Das ist zu lang: höchstens {count} Zeichen.',
  name_taken: 'So heißt hier schon jemand, deshalb heißt du jetzt „{name}“.',
  people: 'Leute',
  away: 'abwesend',
};
