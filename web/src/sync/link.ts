// The connection as the person sees it: hello and what it answers, being let in or not, and why not any more.

import { Socket, type Phase } from '../net/socket';
import { helloOf } from '../proto/decode';
import { SENT_AWAY, SIGNED_OUT, type Command, type Cursor, type ErrorBody, type HelloReply, type KeptEvent, type PassingEvent, type Reply } from '../proto/v1';
import { errorOf, type Core } from './core';
import { passes, waitOf } from './outbox';

/** Close codes that say: what you sent was wrong. */
const REFUSED = new Set([1002, 1003, 1007, 1008, 1009]);
/** A page that was not looked at for this long asks whether its connection lives. */
const HIDDEN_MS = 60_000;
/** A connection that lives answers within this time. */
const ALIVE_MS = 5000;

export interface LinkUser {
  kept(event: KeptEvent): void;
  passing(event: PassingEvent): void;
  /** An error that names no command. */
  stray(error: ErrorBody): void;
  /** What this page already has; told when hello is about to be said. */
  cursors(): Record<string, Cursor>;
  welcomed(hello: HelloReply): void;
  /** `refused`: for what we sent. */
  lost(refused: ErrorBody | null): void;
  /** The session has ended for good. */
  ended(): void;
  /** What is known from an earlier visit; hello waits for it. */
  loaded(): Promise<unknown>;
}

export class Link {
  readonly socket: Socket;
  seekingSince: number | null = Date.now();
  /** Why the server does not let one in. */
  refused: ErrorBody | null = null;
  ended: number | null = null;
  /** Why it ended, in the server's word. */
  endedWhy: string | null = null;
  private firstBuild: string | null = null;
  private build = '';
  private opened = 0;
  private hiddenAt: number | null = null;

  constructor(
    private readonly core: Core,
    private readonly user: LinkUser,
  ) {
    const { url, wire } = core.parts;
    const of = {
      onOpen: () => void this.open(),
      onKept: (event: KeptEvent) => user.kept(event),
      onPassing: (event: PassingEvent) => user.passing(event),
      onStray: (reply: Reply) => user.stray(errorOf(reply)),
      onDown: (code: number) => this.down(code),
      onPhase: (phase: Phase) => this.phased(phase),
    };
    this.socket = wire ? new Socket(url, of, wire) : new Socket(url, of);
  }

  get newBuild(): boolean {
    return this.firstBuild !== null && this.build !== this.firstBuild;
  }

  /** Whether the page is shown. Long hidden, its connection may be dead without anybody having noticed. */
  shown(visible: boolean): void {
    const hidden = this.hiddenAt === null ? 0 : Date.now() - this.hiddenAt;
    this.hiddenAt = visible ? null : (this.hiddenAt ?? Date.now());
    if (!visible) return;
    this.socket.kick();
    if (hidden > HIDDEN_MS && this.core.phase.at === 'ready') this.probe();
  }

  private probe(): void {
    this.socket.request({ op: 'active', active: this.core.active }, () => {}, ALIVE_MS);
  }

  private async open(): Promise<void> {
    const turn = ++this.opened;
    await this.user.loaded();
    const { name, role } = this.core.you;
    // Whoever comes back without their session is a new guest, who must not ask for the name of an account.
    const wish = role === '' || role === 'guest' ? name || null : null;
    if (turn === this.opened) this.hello(wish);
  }

  private hello(name: string | null): void {
    const token = this.core.parts.keep.get('token');
    const command: Command = { op: 'hello', active: this.core.active, cursors: this.user.cursors() };
    if (token) command.token = token;
    if (name !== null) command.name = name;
    this.socket.request(command, (reply) => {
      const hello = 'body' in reply ? helloOf(reply.body) : null;
      if (hello) return this.welcomed(hello);
      const error = errorOf(reply);
      if (passes(error)) this.socket.goodbye(waitOf(error));
      // A name that was good once and is not any more must not lock its owner out.
      else if (name !== null && error.code !== 'closed' && error.code !== 'guests_off') return this.hello(null);
      this.refused = error.code === 'closed' ? null : error;
      this.core.changed();
      return this.socket.giveUp();
    });
  }

  private welcomed(hello: HelloReply): void {
    if (hello.token) this.core.parts.keep.set('token', hello.token);
    this.refused = null;
    this.firstBuild ??= hello.build;
    this.build = hello.build;
    this.user.welcomed(hello);
    this.core.changed();
  }

  private down(code: number): void {
    this.opened++;
    this.user.lost(REFUSED.has(code) ? { code: `close_${code}`, message: '' } : null);
    this.seekingSince ??= Date.now();
    if (code !== SIGNED_OUT && code !== SENT_AWAY) return;
    this.ended = code;
    this.user.ended();
    this.core.changed();
  }

  private phased(phase: Phase): void {
    this.core.phase = phase;
    if (phase.at === 'ready') this.seekingSince = null;
    this.core.changed();
  }
}
