import type { composer as en } from '../en/composer';

export const composer: Record<keyof typeof en, string> = {
  placeholder: 'Nachricht an {room}',
  message_label: 'Nachricht',
  send: 'Senden',
  send_in: 'Senden: in {seconds} Sekunden',
  seconds: '{seconds} s',
  too_long: 'Diese Nachricht ist zu lang. Bitte kürze sie.',
  replying: 'Antwort an {name}',
  editing: 'Du änderst deine Nachricht',
  only_archived: 'Dieser Raum ist archiviert: Er kann nur gelesen werden.',
  only_announcement: 'Hier schreibt nur die Leitung dieses Raums.',
  only_members_only: 'Zurzeit dürfen hier nur Mitglieder schreiben.',
  only_muted: 'Du wurdest stummgeschaltet und kannst nicht schreiben.',
  only_muted_until: 'Du wurdest stummgeschaltet und kannst ab {time} wieder schreiben.',
};
