// Every shortcut there is, once: what it is called, its keys, where it counts, and where the sheet shows it. What a shortcut
// does is said by the part of the page that does it (useShortcut); one that nobody does is not shown.

export type Place = 'moving' | 'writing' | 'messages' | 'other';

export interface Row {
  keys: readonly string[];
  place: Place;
  /** Not while something is typed into a field, since it is a sign that one may want to write. */
  outside?: true;
}

export const table = {
  switcher: { keys: ['Mod+K'], place: 'moving' },
  search: { keys: ['Mod+Shift+F'], place: 'moving' },
  room_up: { keys: ['Alt+ArrowUp'], place: 'moving' },
  room_down: { keys: ['Alt+ArrowDown'], place: 'moving' },
  unread_up: { keys: ['Alt+Shift+ArrowUp'], place: 'moving' },
  unread_down: { keys: ['Alt+Shift+ArrowDown'], place: 'moving' },
  called: { keys: ['Alt+A'], place: 'moving' },
  pane_next: { keys: ['F6'], place: 'moving' },
  pane_back: { keys: ['Shift+F6'], place: 'moving' },

  done: { keys: ['Escape'], place: 'messages' },
  oldest_unread: { keys: ['Shift+PageUp'], place: 'messages' },
  all_read: { keys: ['Shift+Escape'], place: 'messages' },
  message_move: { keys: ['ArrowUp', 'ArrowDown'], place: 'messages' },
  message_menu: { keys: ['Enter'], place: 'messages' },

  send: { keys: ['Enter'], place: 'writing' },
  new_line: { keys: ['Shift+Enter'], place: 'writing' },
  edit_last: { keys: ['ArrowUp'], place: 'writing' },
  reply_last: { keys: ['Shift+ArrowUp'], place: 'writing' },
  upload: { keys: ['Mod+U'], place: 'writing' },
  bold: { keys: ['Mod+B'], place: 'writing' },
  italic: { keys: ['Mod+I'], place: 'writing' },
  code: { keys: ['Mod+E'], place: 'writing' },

  sheet: { keys: ['?', 'Mod+/'], place: 'other', outside: true },
} as const satisfies Record<string, Row>;

export type Shortcut = keyof typeof table;
export const PLACES: readonly Place[] = ['moving', 'messages', 'writing', 'other'];
