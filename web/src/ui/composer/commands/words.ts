import { texts } from '../../../i18n/t';

const en = {
  about_msg: 'Write to one person alone',
  about_join: 'Go to a room, and into it',
  about_nick: 'Change your name',
  about_topic: 'Say what this room is about',
  about_invite: 'Bring somebody into this room',
  about_search: 'Search all messages',
  about_mute: 'No notifications from this room',
  about_unmute: 'Notifications from this room again',
  about_leave: 'Leave this room',
  about_shrug: 'Add a shrug to your message',
  about_help: 'Show all commands and shortcuts',
  takes_msg: 'person [text]',
  takes_join: 'room',
  takes_nick: 'name',
  takes_topic: 'text',
  takes_invite: 'person',
  takes_search: 'words',
  takes_shrug: '[text]',
  unknown: 'There is no /{word}. To say it, begin with //',
  missing: 'Something is missing: /{word} {takes}',
  lines: '/{word} takes one line only. To say all of it, begin with //',
  not_here: 'You cannot use /{word} here. To say it, begin with //',
  nobody: 'Nobody here is called {name}.',
  no_room: 'There is no room called {name} that you may join.',
  nick_done: 'You are now called {name}.',
  invite_done: '{name} is in this room now.',
  mute_done: 'No more notifications from {room}.',
  unmute_done: 'You are notified of everything in {room} again.',
  topic_done: 'The topic is changed.',
} as const;

const de: Record<keyof typeof en, string> = {
  about_msg: 'Nur einer Person schreiben',
  about_join: 'In einen Raum gehen',
  about_nick: 'Deinen Namen ändern',
  about_topic: 'Sagen, worum es in diesem Raum geht',
  about_invite: 'Jemanden in diesen Raum holen',
  about_search: 'Alle Nachrichten durchsuchen',
  about_mute: 'Keine Benachrichtigungen aus diesem Raum',
  about_unmute: 'Wieder Benachrichtigungen aus diesem Raum',
  about_leave: 'Diesen Raum verlassen',
  about_shrug: 'Ein Schulterzucken anhängen',
  about_help: 'Alle Befehle und Tastenkürzel zeigen',
  takes_msg: 'Person [Text]',
  takes_join: 'Raum',
  takes_nick: 'Name',
  takes_topic: 'Text',
  takes_invite: 'Person',
  takes_search: 'Wörter',
  takes_shrug: '[Text]',
  unknown: 'Den Befehl /{word} gibt es nicht. Um es zu sagen, beginne mit //',
  missing: 'Da fehlt noch etwas: /{word} {takes}',
  lines: '/{word} nimmt nur eine Zeile. Um alles zu sagen, beginne mit //',
  not_here: '/{word} kannst du hier nicht benutzen. Um es zu sagen, beginne mit //',
  nobody: 'Hier heißt niemand {name}.',
  no_room: 'Es gibt keinen Raum namens {name}, in den du kannst.',
  nick_done: 'Du heißt jetzt {name}.',
  invite_done: '{name} ist jetzt in diesem Raum.',
  mute_done: 'Keine Benachrichtigungen mehr aus {room}.',
  unmute_done: 'Du wirst wieder über alles in {room} benachrichtigt.',
  topic_done: 'Das Thema ist geändert.',
};

export const { t } = texts({ en, de });
export type Key = keyof typeof en;

/** What stands behind a command; empty: nothing. */
export const takes = (name: string): string => (`takes_${name}` in en ? t(`takes_${name}` as Key) : '');
export const about = (name: string): string => t(`about_${name}` as Key);
