import type { Store } from "../store/open.js";
import type { Day } from "../calendar/day.js";
import { passes, type SymbolFilter } from "./symbol-filter.js";
import { date, ms, select } from "./select.js";
import { requireWritten } from "./condition.js";

/** A file that was there on the day asked for. */
export interface SnapshotRow {
  symbol: string;
  file_size_bytes: number;
  /** Upload time. */
  last_modified: Date;
}

/**
 * The symbols that had a file on a day, by name.
 *
 * @throws NotWrittenError when the day isn't in the file.
 */
export async function snapshot(store: Store, day: Day, filter: SymbolFilter = {}): Promise<SnapshotRow[]> {
  const rows = await select(
    store,
    `SELECT symbol, file_size_bytes::DOUBLE, ${ms("last_modified")} FROM availability
      WHERE date = $day AND available`,
    { day: date(day) },
  );
  if (rows.length === 0) await requireWritten(store, day, day);
  const found = rows as [string, number, number][];
  return found
    .filter(([symbol]) => passes(symbol, filter))
    .map(([symbol, size, uploaded]) => ({ symbol, file_size_bytes: size, last_modified: new Date(uploaded) }))
    .sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
}
