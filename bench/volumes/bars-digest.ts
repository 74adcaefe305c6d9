import { createHash } from "node:crypto";
import { DuckDBInstance } from "@duckdb/node-api";
import { dayNumber } from "../../src/calendar/sql.js";

/** Number of bars in a file, and a digest of them that a peer can compute too. */
export interface BarsDigest {
  rows: number;
  /** SHA-256 of the bars by symbol and day: symbol in UTF-8, then day and nine values as little-endian doubles. */
  digest: string;
}

const VALUES = 10;

/** Digest of `daily_volumes` in a database file, without the kind of file that each bar comes from. */
export async function barsDigest(db: string): Promise<BarsDigest> {
  const instance = await DuckDBInstance.create(db, { access_mode: "READ_ONLY" });
  const connection = await instance.connect();
  try {
    const result = await connection.stream(
      `SELECT symbol, ${dayNumber("date")}::DOUBLE, open, high, low, close, volume, quote_volume, trade_count::DOUBLE,
        taker_buy_volume, taker_buy_quote_volume FROM daily_volumes ORDER BY symbol, date`,
    );
    const hash = createHash("sha256");
    const values = Buffer.alloc(VALUES * 8);
    let rows = 0;
    for (
      let chunk = await result.fetchChunk();
      chunk !== null && chunk.rowCount > 0;
      chunk = await result.fetchChunk()
    ) {
      const columns = chunk.getColumns();
      for (let row = 0; row < chunk.rowCount; row++) {
        for (let at = 0; at < VALUES; at++) values.writeDoubleLE(Number(columns[at + 1]?.[row]), at * 8);
        hash.update(String(columns[0]?.[row])).update(values);
      }
      rows += chunk.rowCount;
    }
    return { rows, digest: hash.digest("hex") };
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
