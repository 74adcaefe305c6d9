/**
 * What a run counts. A cell is one (symbol, day); a HEAD is one request for a cell, a LIST one for hundreds.
 * `cells` = `available` + `missing` + `failed`. For volumes: symbols whose folders were listed; files that were
 * fetched, that failed or that were known already; fetched files that no checksum verifies; and the bytes of the zips.
 */
export const COUNTER_NAMES = [
  "cells",
  "available",
  "missing",
  "failed",
  "requests",
  "replays",
  "retries",
  "connectionsOpened",
  "bytes",
  "foreignKeys",
  "unitsWritten",
  "rowsWritten",
  "symbolsAsked",
  "filesFetched",
  "filesFailed",
  "filesKnown",
  "filesUnverified",
  "fileBytes",
  "symbolsWritten",
  "barsWritten",
] as const;

export type CounterName = (typeof COUNTER_NAMES)[number];
export type Counts = Record<CounterName, number>;

/**
 * Counters in shared memory: probers and writer add to them, the main thread reads them for progress and the summary.
 */
export class Counters {
  private readonly values: BigInt64Array<SharedArrayBuffer>;

  constructor(readonly buffer = new SharedArrayBuffer(COUNTER_NAMES.length * BigInt64Array.BYTES_PER_ELEMENT)) {
    this.values = new BigInt64Array(buffer);
  }

  add(name: CounterName, amount = 1): void {
    Atomics.add(this.values, COUNTER_NAMES.indexOf(name), BigInt(amount));
  }

  read(): Counts {
    const entries = COUNTER_NAMES.map((name, i) => [name, Number(Atomics.load(this.values, i))] as const);
    return Object.fromEntries(entries) as Counts;
  }
}
