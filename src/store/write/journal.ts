import type { DuckDBConnection } from "@duckdb/node-api";
import { formatDay } from "../../calendar/day.js";
import type { WholeUnit } from "../../rows/unit.js";
import { DuckDBDateValue } from "../duckdb.js";
import { spanOf } from "./units.js";

/** Journals the units that a commit writes. */
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
