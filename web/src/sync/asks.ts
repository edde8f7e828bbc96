// What is asked of the server and answered now or not at all: it does not wait for a connection, and is done once for each
// time that it is said. Without a connection the error is `closed`.

import { madeOf, purgedOf, roomsOf } from '../proto/decode';
import type { Act, Command, ErrorBody, ListName, ListReply, ListRows, Made, RoomsReply, SearchReply } from '../proto/v1';
import { closed, errorOf, type Core } from './core';

export type Failed = { error: ErrorBody };

/** What an act says besides its op; several acts may be written as one. */
type FieldsOf<O extends Act['op'], A = Act> = A extends { op: infer P } ? (O extends P ? Omit<A, 'op'> : never) : never;

/** Who reads what was found; null when that part of the page cannot be had. */
const reader = () => import('../proto/found').catch(() => null);

export class Asks {
  constructor(protected readonly core: Core) {}

  /** Says a command without a cid. Without a connection the error is `closed`. */
  ask(command: Command): Promise<{ body: Record<string, unknown> } | Failed> {
    return new Promise((resolve) => {
      const sent = this.core.request(command, (reply) => {
        resolve('body' in reply ? { body: reply.body } : { error: errorOf(reply) });
      });
      if (!sent) resolve({ error: closed });
    });
  }

  /** An office, or something about oneself; what it has made, if anything. */
  async act<O extends Act['op']>(op: O, fields: FieldsOf<O>): Promise<Made | Failed> {
    const answer = await this.ask({ op, ...fields } as unknown as Command);
    return 'error' in answer ? answer : madeOf(answer.body);
  }

  async list<W extends ListName>(
    what: W,
    more: { room?: string; after?: string | number; limit?: number } = {},
  ): Promise<ListReply<W> | Failed> {
    const [answer, found] = await Promise.all([this.ask({ op: 'list', what, ...more }), reader()]);
    if ('error' in answer) return answer;
    if (!found) return { error: closed };
    const list = found.listOf(answer.body, what) ?? { what, rows: [] as ListRows[W][], more: false };
    // Who belongs to a room can be named in it, here or not.
    if (what === 'members') {
      this.core.rooms.get(more.room ?? '')?.belong(list.rows as ListRows['members'][]);
      this.core.changed();
    }
    return list;
  }

  async search(text: string, more: { before?: string; limit?: number } = {}): Promise<SearchReply | Failed> {
    const [answer, found] = await Promise.all([this.ask({ op: 'search', text, ...more }), reader()]);
    if ('error' in answer) return answer;
    return found ? (found.searchOf(answer.body) ?? { hits: [] }) : { error: closed };
  }

  /** Deletes what a person has said, a hundred at a time; `more`: say it again. */
  async purge(person: string): Promise<{ deleted: number; more: boolean } | Failed> {
    const answer = await this.ask({ op: 'purge', person });
    return 'error' in answer ? answer : purgedOf(answer.body);
  }

  /** The rooms that one may come into after the name `after`, whether one is in them or not. */
  async listRooms(after = ''): Promise<RoomsReply | Failed> {
    const answer = await this.ask({ op: 'rooms', after, limit: 50 });
    if ('error' in answer) return answer;
    return roomsOf(answer.body) ?? { rooms: [], more: false };
  }

  browse(after: string, done: (result: RoomsReply | Failed) => void): void {
    const tell = async () => done(await this.listRooms(after));
    void tell();
  }

  /** How much one wants to be told of a room. */
  async setLevel(room: string, level: 'all' | 'mentions' | 'none'): Promise<Made | Failed> {
    const answer = await this.act('level', { room, level });
    if (!('error' in answer)) this.core.rooms.get(room)?.setLevel(level);
    this.core.changed();
    return answer;
  }
}
