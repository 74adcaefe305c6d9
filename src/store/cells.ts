import type { Day } from "../calendar/day.js";
import { DuckDBDateValue } from "./duckdb.js";
import type { Store } from "./open.js";
import { readColumns, type SqlColumns } from "./read-rows.js";

/** A row. Times are in ms since the Unix epoch; size and upload time are null without a file. */
export interface StoredCell {
  symbol: string;
  day: Day;
  available: boolean;
  sizeBytes: number | null;
  uploadedAt: number | null;
  probedAt: number;
}

const COLUMNS = "available, file_size_bytes, last_modified, probe_timestamp";

const SHAPE = { available: "flag", sizeBytes: "number?", uploadedAt: "number?", probedAt: "number" } as const;

/** All rows of a day, in no particular order. */
export async function cellsOfDay(store: Store, day: Day): Promise<StoredCell[]> {
  const found = await readColumns(
    store,
    `SELECT symbol, ${COLUMNS} FROM availability WHERE date = $day`,
    { symbol: "text", ...SHAPE },
    { day: new DuckDBDateValue(day) },
  );
  const cells: StoredCell[] = [];
  for (const { count, columns } of found) {
    for (let at = 0; at < count; at++) cells.push(cellAt(columns, at, columns.symbol[at] ?? "", day));
  }
  return cells;
}

/** All rows of a symbol, ascending by day. */
export async function cellsOfSymbol(store: Store, symbol: string): Promise<StoredCell[]> {
  const found = await readColumns(
    store,
    `SELECT date, ${COLUMNS} FROM availability WHERE symbol = $symbol`,
    { day: "day", ...SHAPE },
    { symbol },
  );
  const cells: StoredCell[] = [];
  for (const { count, columns } of found) {
    for (let at = 0; at < count; at++) cells.push(cellAt(columns, at, symbol, columns.day[at] ?? 0));
  }
  // Sorting here is faster than ORDER BY, because the rows arrive almost in order.
  return cells.sort((a, b) => a.day - b.day);
}

function cellAt(columns: SqlColumns<typeof SHAPE>["columns"], at: number, symbol: string, day: Day): StoredCell {
  const { available, sizeBytes, uploadedAt, probedAt } = columns;
  return {
    symbol,
    day,
    available: available[at] ?? false,
    sizeBytes: sizeBytes[at] ?? null,
    uploadedAt: uploadedAt[at] ?? null,
    probedAt: probedAt[at] ?? 0,
  };
}
