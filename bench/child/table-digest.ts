import { DuckDBInstance } from "@duckdb/node-api";
import { formatDay, type Day } from "../../src/calendar/day.js";

/** Digest of a database file without probe times: equal for equal tables, whatever their row order. */
export function tableDigest(db: string): Promise<string> {
  return digestWhere(db, "true");
}

/** The same for one day only. */
export function dayDigest(db: string, day: Day): Promise<string> {
  return digestWhere(db, `date = DATE '${formatDay(day)}'`);
}

async function digestWhere(db: string, condition: string): Promise<string> {
  const instance = await DuckDBInstance.create(db, { access_mode: "READ_ONLY" });
  const connection = await instance.connect();
  try {
    const reader = await connection.runAndReadAll(`
      SELECT count(*) AS rows, count(*) FILTER (available) AS available,
        bit_xor(hash(date, symbol, available, file_size_bytes, last_modified, url, status_code)) AS digest,
        (SELECT bit_xor(hash(date, available_count, probed_count)) FROM daily_symbol_counts WHERE ${condition}) AS counts
      FROM daily_availability WHERE ${condition}`);
    const [rows, available, digest, counts] = reader.getRows()[0] ?? [];
    return `${String(rows)} rows, ${String(available)} available, ${String(digest)}, counts ${String(counts)}`;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
