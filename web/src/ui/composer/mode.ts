// What the next text is for, if it is not simply the next message; and how that outlives the page.

import { keep, ofTab } from '../shell/browser';
import type { Message } from '../../sync/roomlog';

export interface Mode {
  /** gone: what was to be edited was deleted, and the text is the room's draft. */
  kind: 'reply' | 'edit' | 'gone';
  message: Message;
}

interface Edited {
  seq: number;
  text: string;
}

/** The change to a message that this tab has begun in a room. */
export const begunEdit = {
  get(room: string): Edited | null {
    try {
      const { seq, text } = JSON.parse(ofTab.get(`edit.${room}`) ?? '') as Edited;
      return typeof seq === 'number' && typeof text === 'string' ? { seq, text } : null;
    } catch {
      return null;
    }
  },
  set: (room: string, edited: Edited | null): void => ofTab.set(`edit.${room}`, edited ? JSON.stringify(edited) : ''),
};

/** Whether the buttons for bold and the like are shown where there is little room. */
export const formatShown = {
  get: (): boolean => keep.get('format') === '1',
  set: (shown: boolean): void => keep.set('format', shown ? '1' : ''),
};
