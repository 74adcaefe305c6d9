const ABANDONED = 0;
const PAUSED_UNTIL = 1;

/** Flags in shared memory that all prober threads obey before they send the next request. */
export class Traffic {
  private readonly flags: BigInt64Array<SharedArrayBuffer>;

  constructor(readonly buffer = new SharedArrayBuffer(2 * BigInt64Array.BYTES_PER_ELEMENT)) {
    this.flags = new BigInt64Array(buffer);
  }

  /** Ends the run: nothing more is sent, shards end with what is in flight. */
  abandon(): void {
    Atomics.store(this.flags, ABANDONED, 1n);
  }

  get isAbandoned(): boolean {
    return Atomics.load(this.flags, ABANDONED) === 1n;
  }

  /** Holds all threads back until an instant (ms since the Unix epoch), when the server asked for fewer requests. */
  pauseUntil(ms: number): void {
    const wanted = BigInt(Math.ceil(ms));
    if (wanted > Atomics.load(this.flags, PAUSED_UNTIL)) Atomics.store(this.flags, PAUSED_UNTIL, wanted);
  }

  /** How long to hold back from now, ms; 0 when free to send. */
  pauseLeft(now: number): number {
    return Math.max(0, Number(Atomics.load(this.flags, PAUSED_UNTIL)) - now);
  }
}
