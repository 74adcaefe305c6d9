const STATE = 0;
const PAUSED_UNTIL = 1;
const INTERVAL_US = 2;
const NEXT_SLOT_US = 3;
const SLOTS = 4;

/** States of a run, in order. */
const OPEN = 0n;
const ENDING = 1n;
const ABANDONED = 2n;

/** Burst allowed after a pause, as the time that the same number of requests takes at the maximum rate. */
const BURST_MS = 100;

/**
 * Shared memory that all prober threads check before each request: whether the run continues, a pause that a server
 * asked for, and the maximum rate of requests.
 */
export class Traffic {
  private readonly slots: BigInt64Array<SharedArrayBuffer>;
  private readonly intervalUs: bigint;
  private readonly sleepers = new Set<() => void>();
  private isWatching = false;

  /** Traffic of a new run, without a rate limit if `maxRequestsPerSecond` is undefined. */
  static start(maxRequestsPerSecond?: number): Traffic {
    const buffer = new SharedArrayBuffer(SLOTS * BigInt64Array.BYTES_PER_ELEMENT);
    const intervalUs = maxRequestsPerSecond === undefined ? 0n : BigInt(Math.ceil(1e6 / maxRequestsPerSecond));
    new BigInt64Array(buffer)[INTERVAL_US] = intervalUs;
    return new Traffic(buffer);
  }

  /** @param buffer the buffer of another thread's traffic */
  constructor(readonly buffer: SharedArrayBuffer) {
    this.slots = new BigInt64Array(buffer);
    this.intervalUs = Atomics.load(this.slots, INTERVAL_US);
  }

  /** The run should end soon: current shards are finished, but no longer wait for pauses or retries. */
  windDown(): void {
    Atomics.compareExchange(this.slots, STATE, OPEN, ENDING);
    Atomics.notify(this.slots, STATE);
  }

  /** Ends the run: nothing more is sent, and shards end with what is in flight. */
  abandon(): void {
    Atomics.store(this.slots, STATE, ABANDONED);
    Atomics.notify(this.slots, STATE);
  }

  /** Whether the run should end soon or is abandoned. */
  get isEnding(): boolean {
    return Atomics.load(this.slots, STATE) !== OPEN;
  }

  get isAbandoned(): boolean {
    return Atomics.load(this.slots, STATE) === ABANDONED;
  }

  /** Pauses all threads until `ms` (since the Unix epoch), because the server asked for fewer requests. */
  pauseUntil(ms: number): void {
    const wanted = BigInt(Math.ceil(ms));
    if (wanted > Atomics.load(this.slots, PAUSED_UNTIL)) Atomics.store(this.slots, PAUSED_UNTIL, wanted);
  }

  /** Remaining pause, ms; 0 if no server asked for one. */
  pauseLeft(now: number): number {
    return Math.max(0, Number(Atomics.load(this.slots, PAUSED_UNTIL)) - now);
  }

  /**
   * Asks for permission to send one request. 0 grants it, and then the request must be sent; any other result is the
   * time after which to ask again, ms.
   *
   * @param now ms since the Unix epoch
   */
  admit(now: number): number {
    const pause = this.pauseLeft(now);
    return pause > 0 || this.intervalUs === 0n ? pause : this.takeSlot(now);
  }

  /**
   * Waits until a request may be sent; the caller must then send it. False if the run ends first: it was abandoned, or
   * is ending during a pause that a server asked for.
   */
  async turn(): Promise<boolean> {
    for (;;) {
      if (this.isAbandoned) return false;
      const wait = this.admit(Date.now());
      if (wait === 0) return true;
      if (this.isEnding) return false;
      await this.sleep(wait);
    }
  }

  /** Resolves after `ms`, or as soon as the run should end. */
  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.sleepers.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      this.sleepers.add(wake);
      this.watch();
    });
  }

  /**
   * Requests may be sent in slots at a fixed interval; slots left unused during the last moments are still valid.
   */
  private takeSlot(now: number): number {
    const nowUs = BigInt(Math.floor(now * 1000));
    const earliest = nowUs - BigInt(BURST_MS) * 1000n;
    for (;;) {
      const next = Atomics.load(this.slots, NEXT_SLOT_US);
      const slot = next > earliest ? next : earliest;
      if (slot > nowUs) return Math.max(1, Math.ceil(Number(slot - nowUs) / 1000));
      const taken = Atomics.compareExchange(this.slots, NEXT_SLOT_US, next, slot + this.intervalUs);
      if (taken === next) return 0;
    }
  }

  /** Wakes the sleepers of this thread when the run should end. */
  private watch(): void {
    if (this.isWatching) return;
    this.isWatching = true;
    const change = Atomics.waitAsync(this.slots, STATE, OPEN);
    const wakeAll = () => {
      this.isWatching = false;
      for (const wake of [...this.sleepers]) wake();
    };
    if (change.async) void change.value.then(wakeAll);
    else wakeAll();
  }
}
