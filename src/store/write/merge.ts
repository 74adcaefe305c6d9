import type { DuckDBConnection } from "@duckdb/node-api";
import type { Span } from "../../calendar/span.js";
import type { Finality } from "../../vision/finality.js";
import { dateLiteral, dateOfDay } from "../../calendar/sql.js";
import { addToCounts } from "../counts.js";
import { numberOf } from "../numbers.js";
import { columnsFoundBy } from "../schema/migrate.js";
import { journalChanges, NO_CHANGES, type ChangeCounts } from "./changes.js";

/**
 * Creates the objects that convert staged probe rows to rows of the table, once per run: `run_symbols`, a TEMP table
 * that maps indexes to symbols, and `incoming`, a view of the stage with the columns of `daily_availability`. The stage
 * must exist.
 */
export async function createIncoming(connection: DuckDBConnection, symbols: readonly string[]): Promise<void> {
  await connection.run("CREATE OR REPLACE TEMP TABLE run_symbols (symbol_index UINTEGER, symbol VARCHAR)");
  const appender = await connection.createAppender("run_symbols", "main", "temp");
  try {
    for (const [index, symbol] of symbols.entries()) {
      appender.appendUInteger(index);
      appender.appendVarchar(symbol);
      appender.endRow();
    }
  } finally {
    appender.closeSync();
  }
  await connection.run(
    `CREATE OR REPLACE TEMP VIEW incoming AS
      SELECT ${dateOfDay("day")} AS date, symbol, status = 200 AS available,
        CASE WHEN status = 200 THEN size::BIGINT END AS file_size_bytes,
        CASE WHEN status = 200 THEN epoch_ms(floor(last_modified / 1000)::BIGINT * 1000)::TIMESTAMP_S END AS last_modified,
        status::SMALLINT AS status_code, epoch_ms(probed_at::BIGINT)::TIMESTAMP_MS AS probe_timestamp,
        NULLIF((etag_high::UBIGINT << 32) | etag_low, 0) AS etag
      FROM temp.stage JOIN temp.run_symbols USING (symbol_index)`,
  );
}

/**
 * Merges `incoming` into the table, inside a transaction: existing cells are updated in place, which keeps the order of
 * the rows, others are appended; the counts of the affected days are updated.
 *
 * @param mayMatch false if the table is known to have none of the cells
 * @returns how many changes of files were journaled
 */
export async function mergeIncoming(
  connection: DuckDBConnection,
  range: Span,
  mayMatch: boolean,
  { runId, finality }: { runId: number; finality: Finality },
): Promise<ChangeCounts> {
  const matched = mayMatch ? await collectMatched(connection, range) : 0;
  let changes = NO_CHANGES;
  if (matched > 0) {
    changes = await journalChanges(connection, finality, runId);
    await updateMatched(connection, runId);
  }
  await connection.run(
    `INSERT INTO availability
      SELECT ${columnsFoundBy(runId)} FROM incoming ${matched > 0 ? "ANTI JOIN temp.matched USING (date, symbol)" : ""}`,
  );
  const staged = `SELECT ${dateOfDay("day")} AS date, count(*) FILTER (status = 200) AS available, count(*) AS probed
    FROM temp.stage GROUP BY day`;
  const before = "SELECT date, -count(*) FILTER (old_available), -count(*) FROM temp.matched GROUP BY date";
  await addToCounts(connection, matched > 0 ? `${staged} UNION ALL ${before}` : staged);
  return changes;
}

/**
 * Collects the existing rows that the stage will overwrite into `matched`, with the new values, and returns their
 * number. A known ETag is kept if a probe of the same file has none.
 */
function collectMatched(connection: DuckDBConnection, range: Span): Promise<number> {
  return numberOf(
    connection,
    `CREATE OR REPLACE TEMP TABLE matched AS
      SELECT old.rowid AS row_id, incoming.* EXCLUDE (etag), coalesce(incoming.etag, CASE
          WHEN incoming.file_size_bytes = old.file_size_bytes AND incoming.last_modified = old.last_modified
          THEN old.etag END) AS etag, old.available AS old_available,
        old.file_size_bytes AS old_size_bytes, old.last_modified AS old_last_modified, old.etag AS old_etag,
        old.probe_timestamp AS old_probe_timestamp
      FROM incoming JOIN availability AS old USING (date, symbol)
      WHERE old.date BETWEEN ${dateLiteral(range.from)} AND ${dateLiteral(range.to)}`,
  );
}

/** Overwrites the matched rows. A file where there was none before is first seen by this run. */
async function updateMatched(connection: DuckDBConnection, runId: number): Promise<void> {
  await connection.run(
    `UPDATE availability AS old
      SET available = matched.available, file_size_bytes = matched.file_size_bytes,
        last_modified = matched.last_modified, status_code = matched.status_code,
        probe_timestamp = matched.probe_timestamp, etag = matched.etag,
        first_run_id = CASE WHEN matched.available THEN CASE WHEN old.available THEN old.first_run_id ELSE ${runId} END END
      FROM temp.matched WHERE old.rowid = matched.row_id`,
  );
}
