import type { Store } from "../store/open.js";
import type { Day } from "../calendar/day.js";
import { DAY, date, dateText, ms, select } from "./select.js";

/** A file that Binance replaced after it was first seen; a download from before is stale. */
export interface ReplacedRow {
  date: string;
  symbol: string;
  old_size_bytes: number;
  /** Null, like the new time, when the file was taken away. */
  new_size_bytes: number | null;
  old_last_modified: Date;
  new_last_modified: Date | null;
  /** When a probe found it. */
  seen_at: Date;
}

/** Replacements seen on or after a day (UTC), or all of them, in the order in which they were seen. */
export async function replaced(store: Store, since: Day = 0): Promise<ReplacedRow[]> {
  const rows = (await select(
    store,
    `SELECT ${DAY}, symbol, old_size_bytes::DOUBLE, new_size_bytes::DOUBLE, ${ms("old_last_modified")},
        ${ms("new_last_modified")}, ${ms("seen_at")}
      FROM changes WHERE kind IN ('replaced', 'removed') AND seen_at >= $since ORDER BY seen_at, date, symbol`,
    { since: date(since) },
  )) as [Day, string, number, number | null, number, number | null, number][];
  return rows.map(([day, symbol, oldSize, newSize, oldTime, newTime, seenAt]) => ({
    date: dateText(day),
    symbol,
    old_size_bytes: oldSize,
    new_size_bytes: newSize,
    old_last_modified: new Date(oldTime),
    new_last_modified: newTime === null ? null : new Date(newTime),
    seen_at: new Date(seenAt),
  }));
}
