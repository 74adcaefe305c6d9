import { DuckDBDateValue, DuckDBTimestampValue } from "./duckdb.js";
import type { Span } from "../calendar/span.js";
import { toStoreError } from "./duckdb-error.js";
import { numberOf } from "./numbers.js";
import { oncePerReader } from "./once-per-reader.js";
import type { Store } from "./open.js";
import { readRows } from "./read-rows.js";

/** How a run ended. A run whose process died has none. */
export type RunOutcome = "whole" | "failed" | "interrupted";

/** Facts about a run when it begins. */
export interface RunStart extends Span {
  /** The command's name: `update`, `backfill`, `import`. */
  command: string;
  symbolCount: number;
  /** ms since the Unix epoch. */
  startedAt: number;
}

/** Facts about a run when it ends; everything but time and outcome is a count. */
export interface RunEnd {
  /** ms since the Unix epoch. */
  endedAt: number;
  probes: number;
  available: number;
  missing: number;
  failed: number;
  replays: number;
  retries: number;
  connectionsOpened: number;
  rowsWritten: number;
  unitsWritten: number;
  outcome: RunOutcome;
}

/** Writes the journal row of a run that begins, and returns its id: 1, 2, 3 … in order of their start. */
export async function beginRun(store: Store, run: RunStart): Promise<number> {
  try {
    return await numberOf(
      store.connection,
      `INSERT INTO runs (run_id, command, from_date, to_date, symbols, started_at)
        SELECT coalesce(max(run_id), 0) + 1, $command, $from, $to, $symbolCount, $startedAt FROM runs
        RETURNING run_id`,
      {
        command: run.command,
        from: new DuckDBDateValue(run.from),
        to: new DuckDBDateValue(run.to),
        symbolCount: run.symbolCount,
        startedAt: timestamp(run.startedAt),
      },
    );
  } catch (error) {
    throw toStoreError(store.file, error);
  }
}

/** Completes the journal row of a run. */
export async function endRun(store: Store, runId: number, end: RunEnd): Promise<void> {
  try {
    await store.connection.run(
      `UPDATE runs SET ended_at = $endedAt, outcome = $outcome, probes = $probes, available = $available,
        missing = $missing, failed = $failed, replays = $replays, retries = $retries,
        connections_opened = $connectionsOpened, rows_written = $rowsWritten, units_written = $unitsWritten
        WHERE run_id = $runId`,
      { ...end, endedAt: timestamp(end.endedAt), runId },
    );
  } catch (error) {
    throw toStoreError(store.file, error);
  }
}

/** When the last complete sweep began, ms since the Unix epoch; undefined if there is none up to `now`. */
export async function lastSweep(store: Store, now: number): Promise<number | undefined> {
  return (await sweepTimes(store)).findLast((at) => at <= now);
}

/** When each complete sweep began, ascending. */
const sweepTimes = oncePerReader(async (store: Store): Promise<readonly number[]> => {
  const found = await readRows(
    store,
    `SELECT epoch_ms(started_at)::DOUBLE FROM runs WHERE command = 'sweep' AND outcome = 'whole' ORDER BY started_at`,
    { at: "number" },
  );
  return found.map(({ at }) => at);
});

/** A DuckDB TIMESTAMP of an instant in ms since the Unix epoch. */
export function timestamp(ms: number): DuckDBTimestampValue {
  return new DuckDBTimestampValue(BigInt(ms) * 1000n);
}
