import type { DuckDBConnection } from "@duckdb/node-api";
import { formatDay } from "../../calendar/day.js";
import type { WholeUnit } from "../../rows/unit.js";
import { DuckDBDateValue } from "../duckdb.js";
import { numberOf } from "../numbers.js";
import { spanOf } from "./units.js";

/** Journals the units that a commit writes, by the run's id and the symbols that their indexes mean. */
export async function journalUnits(
  connection: DuckDBConnection,
  units: readonly WholeUnit[],
  { runId, symbols }: { runId: number; symbols: readonly string[] },
): Promise<void> {
  const appender = await connection.createAppender("units");
  try {
    for (const unit of units) {
      const span = spanOf([unit]);
      appender.appendInteger(runId);
      appender.appendVarchar(unit.source);
      appender.appendVarchar(unit.by === "day" ? formatDay(unit.key) : (symbols[unit.key] ?? ""));
      appender.appendDate(new DuckDBDateValue(span.from));
      appender.appendDate(new DuckDBDateValue(span.to));
      appender.appendInteger(unit.rows.count);
      appender.endRow();
    }
  } finally {
    appender.closeSync();
  }
}

/**
 * Journals which of the rows in `matched` are replacements: files that were available before and now have another size
 * or upload time, or are gone. Gives their number.
 */
export function journalReplacements(connection: DuckDBConnection, runId: number): Promise<number> {
  return numberOf(
    connection,
    `INSERT INTO replacements
      SELECT date, symbol, old_size_bytes, file_size_bytes, old_last_modified, last_modified, probe_timestamp, ${runId}
      FROM temp.matched
      WHERE old_available AND (file_size_bytes IS DISTINCT FROM old_size_bytes
        OR last_modified IS DISTINCT FROM old_last_modified)`,
  );
}
