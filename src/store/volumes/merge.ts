import type { DuckDBConnection } from "@duckdb/node-api";
import { dateOfDay } from "../../calendar/sql.js";
import { numberOf } from "../numbers.js";

/** Names of the tables that a commit is staged in, all of them TEMP. */
export const STAGED = {
  bars: "bar_stage",
  symbols: "volume_symbols",
  files: "read_files",
  spans: "known_spans",
} as const;

/** The numbers of a bar by their columns, in the order of `daily_volumes`. */
const VALUES = [
  "open",
  "high",
  "low",
  "close",
  "volume",
  "quote_volume",
  "trade_count",
  "taker_buy_volume",
  "taker_buy_quote_volume",
];

/**
 * Creates what a commit is staged in, in addition to the stage of the bars, which must exist: tables of the run's
 * symbols, of the files read and of the known spans, and `incoming_bars`, the bars in the columns of `daily_volumes`.
 */
export async function createVolumeStage(connection: DuckDBConnection): Promise<void> {
  await connection.run(`CREATE OR REPLACE TEMP TABLE ${STAGED.symbols} (symbol_index UINTEGER, symbol VARCHAR)`);
  await connection.run(`CREATE OR REPLACE TEMP TABLE ${STAGED.files} AS FROM volume_files LIMIT 0`);
  await connection.run(`CREATE OR REPLACE TEMP TABLE ${STAGED.spans} AS FROM volume_spans LIMIT 0`);
  const values = VALUES.map((name) => (name === "trade_count" ? `${name}::BIGINT AS ${name}` : name));
  await connection.run(
    `CREATE OR REPLACE TEMP VIEW incoming_bars AS
      SELECT ${dateOfDay("day")} AS date, symbol, ${values.join(", ")},
        CASE WHEN is_monthly = 1 THEN 'monthly' ELSE 'daily' END AS source
      FROM temp.${STAGED.bars} JOIN temp.${STAGED.symbols} USING (symbol_index)`,
  );
}

/**
 * Merges what is staged into the tables, inside a transaction.
 *
 * @param mayMatch false when the tables are known to have nothing of the symbols
 * @returns the number of values in which a monthly and a daily file differ
 */
export async function mergeVolumes(
  connection: DuckDBConnection,
  mayMatch: boolean,
  { runId, now }: { runId: number; now: number },
): Promise<number> {
  let differences = 0;
  if (mayMatch) {
    differences = await recordDifferences(connection, runId, now);
    await deleteReplaced(connection);
  }
  await connection.run("INSERT INTO daily_volumes FROM temp.incoming_bars");
  await connection.run(`INSERT INTO volume_files FROM temp.${STAGED.files}`);
  await connection.run(`DELETE FROM volume_spans WHERE symbol IN (SELECT symbol FROM temp.${STAGED.spans})`);
  await connection.run(`INSERT INTO volume_spans FROM temp.${STAGED.spans}`);
  return differences;
}

/** Records the values in which an incoming monthly file differs from the stored daily files, and returns their number. */
async function recordDifferences(connection: DuckDBConnection, runId: number, now: number): Promise<number> {
  const pairs = VALUES.map((name) => `{'name': '${name}', 'monthly': new.${name}, 'daily': old.${name}}`);
  const before = await numberOf(connection, "SELECT count(*) FROM volume_differences");
  await connection.run(
    `INSERT INTO volume_differences
      SELECT date, symbol, value.name, value.monthly, value.daily, epoch_ms(${now}), ${runId}
      FROM (
        SELECT new.date, new.symbol, unnest([${pairs.join(", ")}]) AS value
        FROM temp.incoming_bars AS new JOIN daily_volumes AS old USING (date, symbol)
        WHERE new.source = 'monthly' AND old.source = 'daily'
      )
      WHERE value.monthly <> value.daily`,
  );
  return (await numberOf(connection, "SELECT count(*) FROM volume_differences")) - before;
}

/** Deletes the bars and files that another version of a file, or a monthly file, replaces. */
async function deleteReplaced(connection: DuckDBConnection): Promise<void> {
  await connection.run(
    `DELETE FROM daily_volumes WHERE rowid IN (
      SELECT old.rowid FROM daily_volumes AS old JOIN temp.${STAGED.files} AS file
        ON old.symbol = file.symbol AND old.source = file.source AND old.date BETWEEN file.from_date AND file.to_date
      UNION SELECT old.rowid FROM daily_volumes AS old JOIN temp.incoming_bars USING (date, symbol))`,
  );
  await connection.run(
    `DELETE FROM volume_files WHERE rowid IN (
      SELECT old.rowid FROM volume_files AS old JOIN temp.${STAGED.files} USING (symbol, source, from_date)
      UNION SELECT old.rowid FROM volume_files AS old JOIN temp.incoming_bars AS bar
        ON old.symbol = bar.symbol AND old.from_date = bar.date
        WHERE old.source = 'daily' AND bar.source = 'monthly')`,
  );
}
