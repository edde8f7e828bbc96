// What a person tells of themselves: their name, whether they look, that they type.

import { renamedOf } from '../proto/decode';
import type { ErrorBody } from '../proto/v1';
import { cleanLine } from '../text/clean';
import type { Core } from './core';

/** At most one word about focus in this time. */
const ACTIVE_MS = 2000;
/** At most one sign of typing in this time. */
const TYPING_EVERY_MS = 3000;

export type Named = { name: string } | { error: ErrorBody };

export class Self {
  /** A new name that the server has not heard yet. */
  wish: string | null = null;
  private activeTold: boolean | null = null;
  private activeTimer: ReturnType<typeof setTimeout> | undefined;
  private typedAt = -Infinity;

  constructor(private readonly core: Core) {}

  stop(): void {
    clearTimeout(this.activeTimer);
    this.activeTimer = undefined;
  }

  /** hello says whether somebody looks. */
  greeted(): void {
    this.activeTold = this.core.active;
  }

  ready(): void {
    this.tellActive();
    if (this.wish !== null) this.tellName(this.wish, () => {});
  }

  lost(): void {
    this.activeTold = null;
    this.stop();
  }

  /** `done` gets the name that it became. Without a connection the wish is kept for the next one. */
  rename(wish: string, done: (result: Named) => void): void {
    const name = cleanLine(wish);
    if (this.core.phase.at === 'ready') this.tellName(name, done);
    else {
      this.wish = name;
      this.named(name);
      done({ name });
    }
  }

  /** The server says what one is called, or somebody wishes it. */
  named(name: string): void {
    const { core } = this;
    core.you = { ...core.you, name };
    // A guest's wish for the next time. An account's name is not to be asked for by whoever comes after it here.
    if (core.you.role === '' || core.you.role === 'guest') core.parts.keep.set('name', name);
    core.changed();
  }

  tellActive(): void {
    const { core } = this;
    if (core.phase.at !== 'ready' || this.activeTimer !== undefined || core.active === this.activeTold) return;
    this.activeTold = core.active;
    core.request({ op: 'active', active: core.active }, () => {});
    this.activeTimer = setTimeout(() => {
      this.activeTimer = undefined;
      this.tellActive();
    }, ACTIVE_MS);
  }

  /** Something was typed into the open room. */
  typing(): void {
    const now = Date.now();
    if (this.core.phase.at !== 'ready' || now - this.typedAt < TYPING_EVERY_MS) return;
    this.typedAt = now;
    this.core.request({ op: 'typing', room: this.core.openId }, () => {});
  }

  /** It was sent, or another room is open: the next letter is a new sign. */
  typed(): void {
    this.typedAt = -Infinity;
  }

  private tellName(name: string, done: (result: Named) => void): void {
    this.core.request({ op: 'rename', name }, (reply) => {
      if ('error' in reply) {
        // Cut off, it is still wished for; refused, it is not.
        if (reply.error.code !== 'closed') this.wish = null;
        return done({ error: reply.error });
      }
      this.wish = null;
      this.named(renamedOf(reply.body) ?? name);
      return done({ name: this.core.you.name });
    });
  }
}
