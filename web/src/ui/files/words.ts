// The words of files in messages and of the ways to attach them.

import { texts } from '../../i18n/t';

const en = {
  attach: 'Attach files',
  attach_account: 'Files take an account',
  attach_never: 'This server takes no files',
  drop_here: 'Drop to attach',
  drop_room: 'It goes with your next message in {room}',
  files_most_one: 'A message takes {count} file.',
  files_most_other: 'A message takes {count} files.',
  file_empty: '“{name}” is empty, or a folder.',
  file_large: '“{name}” is too large. A file may have up to {most}.',
  files: 'Files',
  picture_open: 'Open picture: {name}',
  file_save: 'Download {name}, {size}',
  save: 'Download',
  play: 'Play {name}',
  picture_failed: '“{name}” could not be loaded.',
  file_gone: '“{name}” is not there any more.',
  file_unplayable: 'This browser cannot play it.',
  upload_part: '{name}: {percent} sent',
  upload_wait: '{name}: waiting',
};

const de: Record<keyof typeof en, string> = {
  attach: 'Dateien anhängen',
  attach_account: 'Dateien senden nur Mitglieder mit Konto',
  attach_never: 'Dieser Server nimmt keine Dateien an',
  drop_here: 'Zum Anhängen loslassen',
  drop_room: 'Geht mit deiner nächsten Nachricht in {room} mit',
  files_most_one: 'Eine Nachricht fasst {count} Datei.',
  files_most_other: 'Eine Nachricht fasst {count} Dateien.',
  file_empty: '„{name}“ ist leer oder ein Ordner.',
  file_large: '„{name}“ ist zu groß. Eine Datei darf höchstens {most} groß sein.',
  files: 'Dateien',
  picture_open: 'Bild öffnen: {name}',
  file_save: '{name} herunterladen, {size}',
  save: 'Herunterladen',
  play: '{name} abspielen',
  picture_failed: '„{name}“ konnte nicht geladen werden.',
  file_gone: '„{name}“ ist nicht mehr da.',
  file_unplayable: 'Dieser Browser kann das nicht abspielen.',
  upload_part: '{name}: {percent} gesendet',
  upload_wait: '{name}: wartet',
};

export const { t, tn, raw } = texts({ en, de });
