const STATE = 0;
const PAUSED_UNTIL = 1;
const INTERVAL_US = 2;
const NEXT_SLOT_US = 3;
const SLOTS = 4;

/** States of a run, in the order in which it goes through them. */
const OPEN = 0n;
const ENDING = 1n;
const ABANDONED = 2n;

/** Requests that may follow each other at once after a rest, as a part of a second's worth. */
const BURST_MS = 100;

/**
 * What all prober threads obey before they send the next request, in shared memory: whether the run goes on, a pause
 * that a server asked for, and the maximum rate of requests.
 */
export class Traffic {
  private readonly slots: BigInt64Array<SharedArrayBuffer>;
  private readonly intervalUs: bigint;
  private readonly sleepers = new Set<() => void>();
  private isWatching = false;

  /** Traffic of a new run. `maxRequestsPerSecond` of undefined: as fast as it goes. */
  static start(maxRequestsPerSecond?: number): Traffic {
    const buffer = new SharedArrayBuffer(SLOTS * BigInt64Array.BYTES_PER_ELEMENT);
    const intervalUs = maxRequestsPerSecond === undefined ? 0n : BigInt(Math.ceil(1e6 / maxRequestsPerSecond));
    new BigInt64Array(buffer)[INTERVAL_US] = intervalUs;
    return new Traffic(buffer);
  }

  /** @param buffer of another thread's traffic */
  constructor(readonly buffer: SharedArrayBuffer) {
    this.slots = new BigInt64Array(buffer);
    this.intervalUs = Atomics.load(this.slots, INTERVAL_US);
  }

  /** The run is to end soon: shards in hand are finished, but nothing waits for better times any more. */
  windDown(): void {
    Atomics.compareExchange(this.slots, STATE, OPEN, ENDING);
    Atomics.notify(this.slots, STATE);
  }

  /** Ends the run: nothing more is sent, shards end with what is in flight. */
  abandon(): void {
    Atomics.store(this.slots, STATE, ABANDONED);
    Atomics.notify(this.slots, STATE);
  }

  /** Whether the run is to end soon, or is abandoned. */
  get isEnding(): boolean {
    return Atomics.load(this.slots, STATE) !== OPEN;
  }

  get isAbandoned(): boolean {
    return Atomics.load(this.slots, STATE) === ABANDONED;
  }

  /** Holds all threads back until an instant (ms since the Unix epoch), when the server asked for fewer requests. */
  pauseUntil(ms: number): void {
    const wanted = BigInt(Math.ceil(ms));
    if (wanted > Atomics.load(this.slots, PAUSED_UNTIL)) Atomics.store(this.slots, PAUSED_UNTIL, wanted);
  }

  /** How long to hold back from now, ms; 0 when no server asked for a pause. */
  pauseLeft(now: number): number {
    return Math.max(0, Number(Atomics.load(this.slots, PAUSED_UNTIL)) - now);
  }

  /**
   * Asks to send one request: 0 grants it, which must then be sent. Otherwise the ms after which to ask again.
   *
   * @param now ms since the Unix epoch
   */
  admit(now: number): number {
    const pause = this.pauseLeft(now);
    return pause > 0 || this.intervalUs === 0n ? pause : this.takeSlot(now);
  }

  /**
   * Waits until a request may be sent, which must then be sent. False when the run ends first: it is abandoned, or it
   * ends while a server wants a pause.
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

  /** Resolves after some ms, or at once when the run is to end. */
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
   * Slots in which requests may be sent follow each other at the interval; those of the last moments that nobody took
   * may still be taken.
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

  /** Has the sleepers of this thread woken when the run is to end. */
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
