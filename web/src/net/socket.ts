// One lasting connection out of many short ones: opens, watches for silence, comes back with patience. It knows frames
// and replies, not what they mean; whoever uses it says hello in `onOpen` and calls `ready()` when the server is.

import { decode } from '../proto/decode';
import { SENT_AWAY, SIGNED_OUT, SILENCE_MS, SUBPROTOCOL, type Command, type KeptEvent, type PassingEvent, type Reply } from '../proto/v1';
import { backoff } from './backoff';

/** What of WebSocket is used, so that tests can put another in its place. */
export interface Wire {
  readonly readyState: number;
  onopen: (() => void) | null;
  onmessage: ((e: { data: unknown }) => void) | null;
  onclose: ((e: { code: number }) => void) | null;
  onerror: (() => void) | null;
  send(text: string): void;
  close(code?: number): void;
}

export type Phase = { at: 'connecting' } | { at: 'ready' } | { at: 'waiting'; until: number };

export interface SocketUser {
  onOpen(): void;
  onKept(event: KeptEvent): void;
  onPassing(event: PassingEvent): void;
  /** An error that names no command (`re` is null). */
  onStray(reply: Reply): void;
  /** The connection is gone, and with it every reply that was awaited. */
  onDown(code: number): void;
  onPhase(phase: Phase): void;
}

/** WebSocket.OPEN. */
const OPEN = 1;
/** From opening to ready. */
const OPEN_MS = 15_000;
/** A connection that was ready for this long has proved itself: the next failure counts as the first. */
const PROVEN_MS = 5_000;
/** Every command is answered; one that is not means that the other side has lost its way. */
const ANSWER_MS = 30_000;
/** A server that asks for more than this to be waited is not believed. */
const GOODBYE_MOST_MS = 60_000;
/** Our own code for a connection that we gave up. */
const GAVE_UP = 4000;

interface Awaited {
  onReply: (reply: Reply) => void;
  timer: ReturnType<typeof setTimeout>;
}

export class Socket {
  private wire: Wire | null = null;
  private phase: Phase = { at: 'waiting', until: 0 };
  private failures = 0;
  private readySince = 0;
  /** What the server asked us to wait after this connection; null when it said nothing. */
  private asked: number | null = null;
  private heardAt = 0;
  private nextId = 1;
  private awaited = new Map<string, Awaited>();
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private watchTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly url: string,
    private readonly user: SocketUser,
    private readonly open: (url: string, subprotocol: string) => Wire = (u, p) => new WebSocket(u, p) as Wire,
  ) {}

  start(): void {
    clearTimeout(this.retryTimer);
    this.setPhase({ at: 'connecting' });
    const wire = this.open(this.url, SUBPROTOCOL);
    this.wire = wire;
    this.heardAt = Date.now();
    wire.onopen = () => {
      this.heardAt = Date.now();
      this.user.onOpen();
    };
    wire.onmessage = (e) => this.receive(e.data);
    wire.onclose = (e) => this.down(e.code);
    wire.onerror = null; // A close always follows.
    this.watch(OPEN_MS);
  }

  stop(): void {
    clearTimeout(this.retryTimer);
    this.detach();
  }

  /** Something suggests that now is a good time: the network is back, the page is visible, the person asks. */
  kick(): void {
    if (this.phase.at === 'waiting') this.start();
    else this.checkSilence();
  }

  /**
   * Sends a command. `onReply` is called once: with the answer, or with the error `closed` when the connection ended
   * before it. Returns false when there is nothing to send it on; then `onReply` is never called. Without an answer in
   * time the connection is given up.
   */
  request(command: Command, onReply: (reply: Reply) => void, answerMs = ANSWER_MS): boolean {
    // One that is closing says so only later; a page that is being left would have every command complained of.
    if (this.wire?.readyState !== OPEN) return false;
    const id = String(this.nextId++);
    this.awaited.set(id, { onReply, timer: setTimeout(() => this.giveUp(), answerMs) });
    this.wire.send(JSON.stringify({ ...command, id }));
    return true;
  }

  /** The conversation has begun: hello is answered in full. */
  ready(): void {
    this.readySince = Date.now();
    this.setPhase({ at: 'ready' });
    this.watch(SILENCE_MS);
  }

  /** The server is about to stop, and says when to come back. */
  goodbye(retryMs: number): void {
    this.asked = Math.min(Math.max(retryMs, 0), GOODBYE_MOST_MS);
  }

  /** Gives this connection up and tries again later, for instance after an answer that makes no sense. */
  giveUp(): void {
    if (this.wire) this.down(GAVE_UP);
  }

  private receive(data: unknown): void {
    this.heardAt = Date.now();
    const frame = typeof data === 'string' ? decode(data) : null;
    if (!frame) return;
    if (frame.kind === 'kept') return this.user.onKept(frame.event);
    if (frame.kind === 'passing') return this.user.onPassing(frame.event);
    const { re } = frame.reply;
    if (re === null) return this.user.onStray(frame.reply);
    const asked = this.awaited.get(re);
    if (!asked) return undefined;
    this.awaited.delete(re);
    clearTimeout(asked.timer);
    return asked.onReply(frame.reply);
  }

  /** A browser cannot see pings and may notice a dead network only after minutes, so silence itself is the sign. */
  private watch(limit: number): void {
    clearTimeout(this.watchTimer);
    const left = this.heardAt + limit - Date.now();
    this.watchTimer = setTimeout(() => {
      if (Date.now() - this.heardAt >= limit) this.down(GAVE_UP);
      else this.watch(limit);
    }, Math.max(left, 0));
  }

  private checkSilence(): void {
    if (this.wire && Date.now() - this.heardAt >= SILENCE_MS) this.down(GAVE_UP);
  }

  private detach(): void {
    clearTimeout(this.watchTimer);
    for (const { timer } of this.awaited.values()) clearTimeout(timer);
    const wire = this.wire;
    this.wire = null;
    if (!wire) return;
    wire.onopen = wire.onmessage = wire.onclose = wire.onerror = null;
    wire.close();
  }

  private down(code: number): void {
    // Must be let go before anybody is told: a dead peer's close event may come minutes later or never.
    const proven = this.phase.at === 'ready' && Date.now() - this.readySince >= PROVEN_MS;
    this.detach();
    const unanswered = [...this.awaited];
    this.awaited.clear();
    this.user.onDown(code);
    for (const [re, { onReply }] of unanswered) onReply({ re, error: { code: 'closed', message: '' } });
    // Coming back by itself would be coming back as somebody else.
    if (code === SIGNED_OUT || code === SENT_AWAY) return;
    if (proven) this.failures = 0;
    const wait = this.asked ?? backoff(this.failures++);
    this.asked = null;
    this.setPhase({ at: 'waiting', until: Date.now() + wait });
    clearTimeout(this.retryTimer);
    this.retryTimer = setTimeout(() => this.start(), wait);
  }

  private setPhase(phase: Phase): void {
    this.phase = phase;
    this.user.onPhase(phase);
  }
}
