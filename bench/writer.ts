/**
 * The writer alone: rows a second into the final table, merge and counts included, for two sizes of history; then
 * single days into the full file, and gaps when nothing is missing.
 *
 *     npm run bench -- writer
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gaps } from "../src/store/coverage.js";
import { openReader } from "../src/store/open.js";
import { writeBackfill, writeDailyUpdates } from "./backfilled.js";
import { benchRows, median } from "./rows.js";

/** Options of {@link run}. */
export interface WriterBenchOptions {
  /** Takes a line of the report. */
  print: (line: string) => void;
}

const HISTORIES = [
  { symbols: 327, days: 2_240 },
  { symbols: 1_000, days: 2_600 },
];

/** Writes histories into empty files and reports. */
export async function run({ print }: WriterBenchOptions): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "bfa-bench-writer-"));
  try {
    for (const { symbols, days } of HISTORIES) {
      const history = benchRows(symbols, days);
      const file = join(folder, "a.duckdb");
      const { commitMs, maintainMs, closeMs } = await writeBackfill(file, history);
      const store = await openReader(file);
      const started = performance.now();
      const left = await gaps(store, { symbols: history.symbols, from: history.from, to: history.from + days - 1 });
      const gapsMs = performance.now() - started;
      await store.close();
      if (left.some((ranges) => ranges.length > 0)) throw new Error("the history wasn't written whole");
      const updates = await writeDailyUpdates(file, history, 20);
      print(
        `${history.rows} rows: ${(history.rows / commitMs / 1000).toFixed(2)} M rows/s committed (${commitMs.toFixed(0)} ms), ` +
          `compaction ${maintainMs.toFixed(0)} ms, close ${closeMs.toFixed(0)} ms; gaps ${gapsMs.toFixed(0)} ms; ` +
          `daily update with three days again ${median(updates).toFixed(0)} ms from open to close`,
      );
      rmSync(file);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}
