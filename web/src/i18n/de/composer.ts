import type { composer as en } from '../en/composer';

export const composer: Record<keyof typeof en, string> = {
  placeholder: 'Nachricht schreiben … Enter sendet',
  message_label: 'Nachricht',
  send: 'Senden',
  too_long: 'Diese Nachricht ist zu lang. Bitte kürze sie.',
  replying: 'Antwort an {name}',
  editing: 'Du änderst deine Nachricht',
};
