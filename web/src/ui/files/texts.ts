// The words of the tray and of the picture viewer, which come with them.

import { texts } from '../../i18n/t';

const en = {
  tray: 'Attached files',
  remove: 'Remove {name}',
  retry: 'Try {name} again',
  describe: 'Describe {name}',
  describe_hint: 'What is to be seen, for those who cannot see it',
  describe_short: 'Describe…',
  making: '{name}: being prepared',
  waiting: '{name}: waiting',
  there: '{name}: ready to be sent',
  all_there_one: 'The file is ready to be sent.',
  all_there_other: '{count} files are ready to be sent.',
  part: '{name}: {percent} sent',
  refused: '{name}: {reason}',
  clean: 'Leave out where they were taken',
  unclean: 'May tell where it was made',
  picture: 'Picture',
  picture_of: 'Picture {at} of {all}',
  previous: 'Previous picture',
  next: 'Next picture',
  larger: 'Larger',
  smaller: 'Smaller',
  original: 'Open the original',
  gone: 'This picture is not there any more.',
  failed: 'This picture could not be loaded.',
};

const de: Record<keyof typeof en, string> = {
  tray: 'Angehängte Dateien',
  remove: '{name} entfernen',
  retry: '{name} noch einmal versuchen',
  describe: '{name} beschreiben',
  describe_hint: 'Was zu sehen ist, für alle, die es nicht sehen können',
  describe_short: 'Beschreiben …',
  making: '{name}: wird vorbereitet',
  waiting: '{name}: wartet',
  there: '{name}: bereit zum Senden',
  all_there_one: 'Die Datei ist bereit zum Senden.',
  all_there_other: '{count} Dateien sind bereit zum Senden.',
  part: '{name}: {percent} gesendet',
  refused: '{name}: {reason}',
  clean: 'Aufnahmeort entfernen',
  unclean: 'Verrät vielleicht den Aufnahmeort',
  picture: 'Bild',
  picture_of: 'Bild {at} von {all}',
  previous: 'Voriges Bild',
  next: 'Nächstes Bild',
  larger: 'Größer',
  smaller: 'Kleiner',
  original: 'Original öffnen',
  gone: 'Dieses Bild ist nicht mehr da.',
  failed: 'Dieses Bild konnte nicht geladen werden.',
};

export const words = texts({ en, de });
