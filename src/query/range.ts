import type { Store } from "../store/open.js";
import type { Day } from "../calendar/day.js";
import { passes, type SymbolFilter } from "./symbol-filter.js";
import { DAY, date, dateText, select } from "./select.js";
import { requireWritten } from "./condition.js";

/** A symbol that had files in a range of days. */
export interface RangeRow {
  symbol: string;
  days_available: number;
  /** First and last day with a file within the range. */
  first_date: string;
  last_date: string;
}

/** Options of {@link range}. */
export interface RangeOptions extends SymbolFilter {
  /** Only symbols that had a file on every day of the range; else any day will do. */
  every?: boolean;
}

/**
 * The symbols that had a file on any (or every) day of a range, both ends included, by name.
 *
 * @throws NotWrittenError when a day of the range isn't in the file.
 */
export async function range(store: Store, from: Day, to: Day, options: RangeOptions = {}): Promise<RangeRow[]> {
  await requireWritten(store, from, to);
  const rows = (await select(
    store,
    `SELECT symbol, count(*)::INTEGER, min(${DAY}), max(${DAY}) FROM availability
      WHERE date BETWEEN $from AND $to AND available GROUP BY symbol ORDER BY symbol`,
    { from: date(from), to: date(to) },
  )) as [string, number, Day, Day][];
  return rows
    .filter(([symbol, days]) => passes(symbol, options) && (options.every !== true || days === to - from + 1))
    .map(([symbol, days, first, last]) => ({
      symbol,
      days_available: days,
      first_date: dateText(first),
      last_date: dateText(last),
    }));
}
