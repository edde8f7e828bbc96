// When each of one's own last messages was where: typed here, on the wire, on the server's disk, and back in the room.

/** Milliseconds since 1970 by this browser's clock; null: not yet. */
export interface Delivery {
  typed: number;
  sent: number | null;
  /** Acknowledged, which the server does only when it is on disk. */
  kept: number | null;
  back: number | null;
}

const MOST = 200;

export class Deliveries {
  private all = new Map<string, Delivery>();

  of(cid: string): Delivery | undefined {
    return this.all.get(cid);
  }

  typed(cid: string, at: number): void {
    this.all.set(cid, { typed: at, sent: null, kept: null, back: null });
    const oldest = this.all.keys().next().value;
    if (this.all.size > MOST && oldest !== undefined) this.all.delete(oldest);
  }

  /** The first time counts for what arrives, the last for what is sent. */
  mark(cid: string, what: 'sent' | 'kept' | 'back', at: number): void {
    const known = this.all.get(cid);
    if (known && (what === 'sent' || known[what] === null)) this.all.set(cid, { ...known, [what]: at });
  }
}
