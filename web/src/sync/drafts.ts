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
  /** Written before it is known who writes, where somebody else's lie. */
  private early: Stored['rooms'] = {};

  constructor(
    private readonly keep: Keep,
    /** The other tabs are told, and what is drawn is drawn again. */
    private readonly user: { changed(room: string): void },
  ) {
    this.stored = this.read();
  }

  get(room: string): Draft {
    return this.shown[room] ?? noDraft;
  }

  has(room: string): boolean {
    return room in this.shown;
  }

  set(room: string, draft: Draft): void {
    const { [room]: was, ...others } = this.shown;
    if ((was ?? noDraft).text === draft.text && (was ?? noDraft).replyTo === draft.replyTo) return;
    const rooms = isEmpty(draft) ? others : { ...others, [room]: draft };
    if (this.isOurs) this.store({ ...this.stored, rooms });
    else this.early = rooms;
    this.user.changed(room);
  }

  /** Another tab has written. */
  again(): void {
    this.stored = this.read();
  }

  /** Whose they are, as the server says. */
  belongTo(person: string): void {
    const { early } = this;
    this.early = {};
    const isTheirs = this.stored.person === '' || this.stored.person === person;
    if (this.stored.person === person && Object.keys(early).length === 0) return;
    this.store({ person, rooms: { ...(isTheirs ? this.stored.rooms : {}), ...early } });
  }

  clear(): void {
    this.store({ person: '', rooms: {} });
  }

  /** Nobody is shown what another one wrote here, not even until the server says who they are. */
  private get isOurs(): boolean {
    return this.stored.person === '' || this.stored.person === this.keep.get('person');
  }

  private get shown(): Stored['rooms'] {
    return this.isOurs ? this.stored.rooms : this.early;
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
