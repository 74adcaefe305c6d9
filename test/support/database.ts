import { DuckDBInstance, type DuckDBValue } from "@duckdb/node-api";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Rows of a query on a database file that nobody has open, with values as DuckDB's JSON-like forms. */
export async function rowsOf(file: string, sql: string): Promise<DuckDBValue[][]> {
  const instance = await DuckDBInstance.create(file, { access_mode: "READ_ONLY" });
  const connection = await instance.connect();
  try {
    return (await connection.runAndReadAll(sql)).getRows();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** One row of the table as text, without the probe time, for comparing tables. */
export const ROWS_WITHOUT_PROBE_TIME = `
  SELECT concat_ws('|', date, symbol, available, coalesce(file_size_bytes::VARCHAR, '-'),
    coalesce(last_modified::VARCHAR, '-'), url, status_code) FROM daily_availability ORDER BY symbol, date`;

/** The table's rows without probe times, sorted by symbol and date. */
export async function tableOf(file: string): Promise<string[]> {
  return (await rowsOf(file, ROWS_WITHOUT_PROBE_TIME)).map(([row]) => String(row));
}

/** Days whose counts differ from a GROUP BY of the table, in either direction. A sound file has none. */
export const WRONG_COUNTS = `
  SELECT count(*) FROM (
    SELECT date, count(*) FILTER (available) AS a, count(*) AS p FROM daily_availability GROUP BY date
  ) AS g FULL JOIN daily_symbol_counts AS c ON g.date = c.date
  WHERE g.a IS DISTINCT FROM c.available_count OR g.p IS DISTINCT FROM c.probed_count`;

/** Days with wrong counts, and duplicate rows. A sound file has neither. */
export async function soundness(file: string): Promise<{ wrongCounts: number; duplicates: number }> {
  const duplicates = "SELECT count(*) - count(DISTINCT (date, symbol)) FROM daily_availability";
  const [row] = await rowsOf(file, `SELECT (${WRONG_COUNTS}), (${duplicates})`);
  return { wrongCounts: Number(row?.[0]), duplicates: Number(row?.[1]) };
}

/** A new empty folder, and how to remove it. */
export function temporaryFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), "bfa-test-"));
  return {
    path,
    remove: () => {
      rmSync(path, { recursive: true, force: true });
    },
  };
}
