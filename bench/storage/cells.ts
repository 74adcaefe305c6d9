import { DuckDBInstance } from "../../src/store/duckdb.js";
import type { BenchRows } from "../rows.js";

/**
 * All eight columns of every row of `daily_availability` as text: equal for equal cells, however they are stored.
 *
 * @param relation SQL: other rows with these columns, for example those of an exported file
 */
export async function cellsDigest(file: string, relation = "daily_availability"): Promise<string> {
  const [rows, digest] = await firstRow(
    file,
    `SELECT count(*), bit_xor(hash(date::DATE, symbol, available, file_size_bytes::BIGINT, last_modified::TIMESTAMP, url,
      status_code::INTEGER, probe_timestamp::TIMESTAMP)) FROM ${relation}`,
  );
  return `${String(rows)} rows, ${String(digest)}`;
}

/**
 * Compares the cells of one of our files with the rows written to it.
 *
 * @throws Error when one differs
 */
export async function checkAgainstHistory(file: string, { symbols, units, rows }: BenchRows): Promise<void> {
  const instance = await DuckDBInstance.create(file, { access_mode: "READ_ONLY" });
  const connection = await instance.connect();
  try {
    const result = await connection.runAndReadAll(
      `SELECT symbol, (date - DATE '1970-01-01')::INTEGER, status_code, coalesce(file_size_bytes, 0)::DOUBLE,
        coalesce(epoch_ms(last_modified), 0)::DOUBLE, epoch_ms(probe_timestamp)::DOUBLE, available
        FROM daily_availability ORDER BY symbol, date`,
    );
    const stored = result.getColumns();
    if (stored[0]?.length !== rows) throw new Error(`${String(stored[0]?.length)} rows stored of ${rows}`);
    const byName = units.map(({ rows: unit }, index) => ({ name: symbols[index] ?? "", unit }));
    byName.sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
    let at = 0;
    for (const { name, unit } of byName) {
      for (let row = 0; row < unit.count; row++, at++) {
        const { day, status, size, lastModified, probedAt } = unit.columns;
        const cells = [name, day[row], status[row], size[row], lastModified[row], probedAt[row], status[row] === 200];
        cells.forEach((cell, column) => {
          const value = stored[column]?.[at];
          if (value !== cell) throw new Error(`row ${at} of ${name}: ${String(value)} stored of ${String(cell)}`);
        });
      }
    }
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function firstRow(file: string, sql: string): Promise<readonly unknown[]> {
  const instance = await DuckDBInstance.create(file, { access_mode: "READ_ONLY" });
  const connection = await instance.connect();
  try {
    return (await connection.runAndReadAll(sql)).getRows()[0] ?? [];
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
