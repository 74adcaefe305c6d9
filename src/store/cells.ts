import type { Day } from "../calendar/day.js";
import { DuckDBDateValue } from "./duckdb.js";
import type { Store } from "./open.js";
import type { Parameters } from "./prepared.js";
import { readColumns } from "./read-rows.js";

/** A row. Times are in ms since the Unix epoch; size and upload time are null without a file. */
export interface StoredCell {
  symbol: string;
  day: Day;
  available: boolean;
  sizeBytes: number | null;
  uploadedAt: number | null;
  probedAt: number;
}

const CELLS = "SELECT symbol, date, available, file_size_bytes, last_modified, probe_timestamp FROM availability";

const SHAPE = {
  symbol: "text",
  day: "day",
  available: "flag",
  sizeBytes: "number?",
  uploadedAt: "number?",
  probedAt: "number",
} as const;

/** All rows of a day, in no particular order. */
export async function cellsOfDay(store: Store, day: Day): Promise<StoredCell[]> {
  return await readCells(store, `${CELLS} WHERE date = $day`, { day: new DuckDBDateValue(day) });
}

/** All rows of a symbol, ascending by day. */
export async function cellsOfSymbol(store: Store, symbol: string): Promise<StoredCell[]> {
  const cells = await readCells(store, `${CELLS} WHERE symbol = $symbol`, { symbol });
  // Sorting here is faster than ORDER BY, because the rows arrive almost in order.
  return cells.sort((a, b) => a.day - b.day);
}

async function readCells(store: Store, sql: string, parameters: Parameters): Promise<StoredCell[]> {
  const cells: StoredCell[] = [];
  for (const { count, columns } of await readColumns(store, sql, SHAPE, parameters)) {
    const { symbol, day, available, sizeBytes, uploadedAt, probedAt } = columns;
    for (let at = 0; at < count; at++) {
      cells.push({
        symbol: symbol[at] ?? "",
        day: day[at] ?? 0,
        available: available[at] ?? false,
        sizeBytes: sizeBytes[at] ?? null,
        uploadedAt: uploadedAt[at] ?? null,
        probedAt: probedAt[at] ?? 0,
      });
    }
  }
  return cells;
}
