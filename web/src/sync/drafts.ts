// What is written and not sent, for each room: on this device, shared by its tabs, surviving the page and also the end of
// the session; but it is one person's, and gone when another one comes.

import type { Keep } from './core';

export interface Draft {
  text: string;
  /** The message that it answers. */
  replyTo: number | null;
}

export const noDraft: Draft = { text: '', replyTo: null };

interface Stored {
  person: string;
  rooms: Record<string, Draft>;
}

const isEmpty = (draft: Draft): boolean => draft.text.trim() === '' && draft.replyTo === null;

export class Drafts {
  private stored: Stored;

  constructor(
    private readonly keep: Keep,
    /** The other tabs are told, and what is drawn is drawn again. */
    private readonly user: { changed(room: string): void },
  ) {
    this.stored = this.read();
  }

  get(room: string): Draft {
    return this.stored.rooms[room] ?? noDraft;
  }

  has(room: string): boolean {
    return room in this.stored.rooms;
  }

  set(room: string, draft: Draft): void {
    const { [room]: was, ...others } = this.stored.rooms;
    if ((was ?? noDraft).text === draft.text && (was ?? noDraft).replyTo === draft.replyTo) return;
    this.store({ ...this.stored, rooms: isEmpty(draft) ? others : { ...others, [room]: draft } });
    this.user.changed(room);
  }

  /** Another tab has written. */
  again(): void {
    this.stored = this.read();
  }

  /** Whose they are, as the server says. */
  belongTo(person: string): void {
    if (this.stored.person === person) return;
    this.store(this.stored.person === '' ? { ...this.stored, person } : { person, rooms: {} });
  }

  clear(): void {
    this.store({ person: '', rooms: {} });
  }

  private store(stored: Stored): void {
    this.stored = stored;
    this.keep.set('drafts', JSON.stringify(stored));
  }

  private read(): Stored {
    try {
      const { person, rooms } = JSON.parse(this.keep.get('drafts') ?? '{}') as Partial<Stored>;
      return { person: person ?? '', rooms: typeof rooms === 'object' && rooms !== null ? rooms : {} };
    } catch {
      return { person: '', rooms: {} };
    }
  }
}
