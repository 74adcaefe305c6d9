import { createHash } from "node:crypto";
import { DuckDBInstance } from "@duckdb/node-api";
import { dayNumber } from "../../src/calendar/sql.js";

/** Bars of a file, and a digest of them that a peer can make too. */
export interface BarsDigest {
  rows: number;
  /** SHA-256 of each bar by symbol and day: the symbol in UTF-8, its day and its nine values as doubles, little-endian. */
  digest: string;
}

const VALUES = 10;

/** What a database file holds in `daily_volumes`, but for the kind of file that a bar comes from. */
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
