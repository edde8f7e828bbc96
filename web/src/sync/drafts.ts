// What is written and not sent, for each person and room: on this device, shared by its tabs, surviving the page and also the
// end of the session. Whoever comes in between finds none of it, and takes none of it away: a page whose session has ended
// may make a guest of somebody before they sign in again.

import type { Keep } from './core';

export interface Draft {
  text: string;
  /** The message that it answers. */
  replyTo: number | null;
}

export const noDraft: Draft = { text: '', replyTo: null };

type Rooms = Record<string, Draft>;

/** Of so many people a device keeps what they have begun. */
const PEOPLE_MAX = 4;

/** Written before it is known who writes. */
const NOBODY = '';

const isEmpty = (draft: Draft): boolean => draft.text.trim() === '' && draft.replyTo === null;

export class Drafts {
  /** Who was here last comes first. */
  private people: readonly (readonly [person: string, rooms: Rooms])[];
  private person: string;
  /** How often a text was given: what shows a draft takes it up. */
  given = 0;

  constructor(
    private readonly keep: Keep,
    /** The other tabs are told, and what is drawn is drawn again. */
    private readonly user: { changed(room: string): void },
  ) {
    this.people = this.read();
    this.person = keep.get('person') ?? NOBODY;
  }

  get(room: string): Draft {
    return this.shown[room] ?? noDraft;
  }

  has(room: string): boolean {
    return room in this.shown;
  }

  set(room: string, draft: Draft): void {
    const { [room]: was = noDraft, ...others } = this.shown;
    if (was.text === draft.text && was.replyTo === draft.replyTo) return;
    this.store(this.person, isEmpty(draft) ? others : { ...others, [room]: draft });
    this.user.changed(room);
  }

  /** A text that can be said nowhere else any more, below what there is. */
  give(room: string, text: string): void {
    const draft = this.get(room);
    this.given++;
    this.set(room, { ...draft, text: draft.text.trim() === '' ? text : `${draft.text}\n\n${text}` });
  }

  /** Another tab has written. */
  again(): void {
    this.people = this.read();
  }

  /** Whose they are, as the server says. */
  belongTo(person: string): void {
    const early = this.of(NOBODY);
    this.person = person;
    if (Object.keys(early).length === 0) return;
    this.people = this.people.filter(([id]) => id !== NOBODY);
    this.store(person, { ...this.shown, ...early });
  }

  /** Nothing of who is here is to be left. */
  clear(): void {
    this.store(this.person, {});
    this.person = NOBODY;
  }

  private get shown(): Rooms {
    return this.of(this.person);
  }

  private of(person: string): Rooms {
    return this.people.find(([id]) => id === person)?.[1] ?? {};
  }

  private store(person: string, rooms: Rooms): void {
    const others = this.people.filter(([id]) => id !== person);
    this.people = Object.keys(rooms).length === 0 ? others : [[person, rooms] as const, ...others].slice(0, PEOPLE_MAX);
    this.keep.set('drafts', JSON.stringify(Object.fromEntries(this.people)));
  }

  private read(): Drafts['people'] {
    try {
      const people = Object.entries(JSON.parse(this.keep.get('drafts') ?? '{}') as Record<string, Rooms>);
      return people.filter(([, rooms]) => typeof rooms === 'object' && rooms !== null);
    } catch {
      return [];
    }
  }
}
