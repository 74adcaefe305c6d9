import type { Counts } from "../rows/counters.js";

/** Counts of a run so far. A probe is one cell answered or failed: `available` + `missing` + `failed`. */
export interface RunCounts {
  probes: number;
  available: number;
  missing: number;
  failed: number;
  /** HTTP requests sent, including retries but not replays. */
  requests: number;
  replays: number;
  retries: number;
  connections_opened: number;
  /** Bytes of list pages received. */
  bytes: number;
  /** Keys of list pages that are not files of the dataset. */
  foreign_keys: number;
  rows_written: number;
  units_written: number;
}

/** The counters in the form of events and summaries. */
export function publicCounts(counts: Counts): RunCounts {
  return {
    probes: counts.cells,
    available: counts.available,
    missing: counts.missing,
    failed: counts.failed,
    requests: counts.requests,
    replays: counts.replays,
    retries: counts.retries,
    connections_opened: counts.connectionsOpened,
    bytes: counts.bytes,
    foreign_keys: counts.foreignKeys,
    rows_written: counts.rowsWritten,
    units_written: counts.unitsWritten,
  };
}
