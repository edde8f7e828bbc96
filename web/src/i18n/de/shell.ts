import type { shell as en } from '../en/shell';

export const shell: Record<keyof typeof en, string> = {
  app: 'Hubbub',
  connection: 'Verbindung',
  connecting: 'Verbindet …',
  reconnecting: 'Verbindet neu …',
  lost: 'Die Verbindung ist weg.',
  reconnecting_in: 'Nächster Versuch in {seconds} s',
  try_now: 'Jetzt versuchen',
  new_build: 'Eine neue Version ist da.',
  reload: 'Neu laden',
  close: 'Schließen',
  cancel: 'Abbrechen',
  save: 'Speichern',
  dismiss: 'Ausblenden',
  show: 'Zeigen',
  retry: 'Noch einmal',
  delete: 'Löschen',
  did_not_work: 'Das hat nicht geklappt: {reason}',
  skip: 'Zum Gespräch springen',
};
