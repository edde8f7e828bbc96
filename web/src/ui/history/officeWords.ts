// How the rarer things that happen to a room are told.

import { texts } from '../../i18n/t';

const en = {
  created_direct: '{name} began this conversation',
  room_named: '{name} named the room {room}',
  person_added: '{name} added {person}',
  person_removed: '{name} removed {person}',
  person_removed_why: '{name} removed {person}: {reason}',
  host_made: '{name} made {person} a host',
  host_ended: '{person} is no host any more, by {name}',
  set_public: '{name} made the room public',
  set_private: '{name} made the room private',
  set_announcement: '{name} made the room one for announcements',
  set_guests: '{name} opened the room to guests',
  set_no_guests: '{name} closed the room to guests',
  set_default: '{name} made this a room that newcomers are in',
  set_no_default: 'Newcomers are not in this room by themselves any more, by {name}',
  set_archived: '{name} archived the room: it can only be read',
  set_unarchived: '{name} took the room out of the archive',
  set_slow: '{name} turned slow mode on: one message every {time}',
  set_not_slow: '{name} turned slow mode off',
  set_retention_one: '{name} set messages to be kept for {count} day',
  set_retention_other: '{name} set messages to be kept for {count} days',
  set_no_retention: '{name} set messages to be kept for good',
} as const;

const de: Record<keyof typeof en, string> = {
  created_direct: '{name} hat diese Unterhaltung begonnen',
  room_named: '{name} hat den Raum {room} genannt',
  person_added: '{name} hat {person} hinzugefügt',
  person_removed: '{name} hat {person} entfernt',
  person_removed_why: '{name} hat {person} entfernt: {reason}',
  host_made: '{name} hat {person} in die Leitung des Raums geholt',
  host_ended: '{person} leitet den Raum nicht mehr (durch {name})',
  set_public: '{name} hat den Raum öffentlich gemacht',
  set_private: '{name} hat den Raum privat gemacht',
  set_announcement: '{name} hat den Raum zu einem für Ankündigungen gemacht',
  set_guests: '{name} hat den Raum für Gäste geöffnet',
  set_no_guests: '{name} hat den Raum für Gäste geschlossen',
  set_default: 'Wer neu ist, ist von selbst in diesem Raum (durch {name})',
  set_no_default: 'Wer neu ist, ist nicht mehr von selbst in diesem Raum (durch {name})',
  set_archived: '{name} hat den Raum archiviert: Er kann nur noch gelesen werden',
  set_unarchived: '{name} hat den Raum aus dem Archiv geholt',
  set_slow: '{name} hat den langsamen Modus eingeschaltet: eine Nachricht alle {time}',
  set_not_slow: '{name} hat den langsamen Modus ausgeschaltet',
  set_retention_one: '{name} lässt Nachrichten {count} Tag lang aufbewahren',
  set_retention_other: '{name} lässt Nachrichten {count} Tage lang aufbewahren',
  set_no_retention: '{name} lässt Nachrichten für immer aufbewahren',
};

export const { t, tn, raw } = texts({ en, de });
