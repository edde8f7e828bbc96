// What the menu and the dialogs of a message say: they come later, and their words with them.

import { texts } from '../../i18n/t';

const en = {
  copy_text: 'Copy text',
  copy_link: 'Copy link',
  copied_text: 'The text is copied.',
  copied_link: 'The link is copied.',
  copied_not: 'The browser does not let this page copy.',
  unread_from: 'Mark unread from here',
  who_reacted: 'Who reacted',
  delivery: 'Delivery',
  report: 'Report…',
  delete_: 'Delete…',
  delete_title: 'Delete this message?',
  delete_text: 'It will be gone for everyone, and for good.',
  mute: 'Mute {name}…',
  unmute: 'End the mute of {name}',
  unmuted: '{name} may write again.',
  kick: 'Sign {name} out everywhere…',

  reacted_title: 'Reactions',

  typed: 'Written',
  sent: 'Sent',
  kept: 'On the server’s disk',
  back: 'Back here',
  not_yet: 'not yet',
  edited: 'Last changed',
  place: 'Number {seq} in this room, {day}.',
  delivery_note: 'A message counts as sent only once it is on the server’s disk: from then on neither a crash nor a lost connection can take it away.',
  delivery_old: 'Of messages that were sent from another page only this much is known.',

  report_title: 'Report this message',
  report_text: 'The moderators see the message, and that it was you who reported it. Nobody else does.',
  report_reason: 'What is wrong with it?',
  report_send: 'Report',
  reported: 'Thank you. The moderators will look at it.',

  failed: 'Not sent: {reason}',
  failed_edit: 'Not changed: {reason}',
  failed_delete: 'Not deleted: {reason}',
  as_draft: 'Keep the text as a draft',
} as const;

const de: Record<keyof typeof en, string> = {
  copy_text: 'Text kopieren',
  copy_link: 'Link kopieren',
  copied_text: 'Der Text ist kopiert.',
  copied_link: 'Der Link ist kopiert.',
  copied_not: 'Der Browser lässt diese Seite nicht kopieren.',
  unread_from: 'Ab hier als ungelesen markieren',
  who_reacted: 'Wer reagiert hat',
  delivery: 'Zustellung',
  report: 'Melden …',
  delete_: 'Löschen …',
  delete_title: 'Diese Nachricht löschen?',
  delete_text: 'Sie ist dann für alle weg, und für immer.',
  mute: '{name} stummschalten …',
  unmute: 'Stummschaltung von {name} beenden',
  unmuted: '{name} kann wieder schreiben.',
  kick: '{name} überall abmelden …',

  reacted_title: 'Reaktionen',

  typed: 'Geschrieben',
  sent: 'Gesendet',
  kept: 'Auf der Festplatte des Servers',
  back: 'Wieder hier',
  not_yet: 'noch nicht',
  edited: 'Zuletzt geändert',
  place: 'Nummer {seq} in diesem Raum, {day}.',
  delivery_note: 'Eine Nachricht gilt erst als gesendet, wenn sie auf der Festplatte des Servers steht: Dann kann ihr weder ein Absturz noch eine verlorene Verbindung etwas anhaben.',
  delivery_old: 'Von Nachrichten, die eine andere Seite gesendet hat, ist nur so viel bekannt.',

  report_title: 'Diese Nachricht melden',
  report_text: 'Die Moderation sieht die Nachricht, und dass du sie gemeldet hast. Sonst niemand.',
  report_reason: 'Was stimmt damit nicht?',
  report_send: 'Melden',
  reported: 'Danke. Die Moderation sieht es sich an.',

  failed: 'Nicht gesendet: {reason}',
  failed_edit: 'Nicht geändert: {reason}',
  failed_delete: 'Nicht gelöscht: {reason}',
  as_draft: 'Text als Entwurf behalten',
};

export type Key = keyof typeof en;
export const { t: say } = texts({ en, de });
