import type { Day } from "../calendar/day.js";
import { EVER, type Span } from "../calendar/span.js";
import { DuckDBDateValue } from "./duckdb.js";
import type { Store } from "./open.js";
import { readColumns } from "./read-rows.js";

/** The stored counts of a day. */
export interface DayCounts {
  day: Day;
  /** Symbols with a row. */
  probed: number;
  /** Symbols with a file. */
  available: number;
}

const COUNTS = "SELECT date, probed_count, available_count FROM daily_symbol_counts";

const SHAPE = { day: "day", probed: "number", available: "number" } as const;

/** The stored counts of each day of a span, ascending; days without rows are absent. */
export async function dayCounts(store: Store, { from, to }: Span = EVER): Promise<DayCounts[]> {
  const counts: DayCounts[] = [];
  // A filter takes as long as reading the table.
  const found =
    from <= EVER.from && to >= EVER.to
      ? await readColumns(store, COUNTS, SHAPE)
      : await readColumns(store, `${COUNTS} WHERE date BETWEEN $from AND $to`, SHAPE, {
          from: new DuckDBDateValue(from),
          to: new DuckDBDateValue(to),
        });
  for (const { count, columns } of found) {
    const { day, probed, available } = columns;
    for (let at = 0; at < count; at++) {
      counts.push({ day: day[at] ?? 0, probed: probed[at] ?? 0, available: available[at] ?? 0 });
    }
  }
  // Sorting here is faster than ORDER BY, because the days are almost in order.
  return counts.sort((a, b) => a.day - b.day);
}
