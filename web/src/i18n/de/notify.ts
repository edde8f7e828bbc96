import type { notify as en } from '../en/notify';

export const notify: Record<keyof typeof en, string> = {
  in_room: '{name} · {room}',
  more_one: 'und {count} weitere davor',
  more_other: 'und {count} weitere davor',
  files_one: 'hat eine Datei geschickt',
  files_other: 'hat {count} Dateien geschickt',
  missed_one: '{count} neue Nachricht',
  missed_other: '{count} neue Nachrichten',
  in_rooms_one: 'in {count} Raum, während du weg warst',
  in_rooms_other: 'in {count} Räumen, während du weg warst',
  ask: 'Benachrichtigungen einschalten',
  ask_hint: 'Hubbub kann dir neue Nachrichten melden, wenn du gerade woanders hinsiehst. Dein Browser fragt dich einmal.',
  on_device: 'Benachrichtigungen auf diesem Gerät',
  on_device_hint: 'Wie viel dir ein Raum meldet, stellst du im Raum ein.',
  blocked: 'Dein Browser blockiert Benachrichtigungen dieser Seite.',
  blocked_hint:
    'Um sie zu erlauben, öffne das Zeichen links neben der Adresse, wähle bei „Benachrichtigungen“ „Zulassen“ und komm hierher zurück.',
  unsupported: 'Dieser Browser zeigt hier keine Benachrichtigungen.',
  unsupported_hint: 'Auf iPhone und iPad gehen sie, sobald Hubbub auf dem Home-Bildschirm liegt: Teilen, dann „Zum Home-Bildschirm“.',
  insecure_hint: 'Browser zeigen sie nur bei Adressen, die mit https beginnen.',
};
