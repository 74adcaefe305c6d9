import { DAY_MS } from "../calendar/day.js";
import type { Span } from "../calendar/span.js";
import type { Finality } from "../vision/finality.js";
import { DuckDBDateValue } from "./duckdb.js";
import type { Parameters } from "./prepared.js";

/** Days of the newest window: somewhat more than those for which a hole is due. */
const FIRST_WINDOW_DAYS = 96;

/** How many times as long as the window after it a window is. */
const GROWTH = 8;

/** SQL with the values of its parameters. */
export interface Selection {
  sql: string;
  parameters: Parameters;
}

/**
 * SQL of a query for the rows of a span, without most of those whose probe came so late that they are not due, whatever
 * they are. They are looked for in windows of days: DuckDB skips every row group whose probes all came later than those
 * of a window's last day need to be. The newest rows are those that were probed early, so the windows are short there.
 */
export function mayBeUnsettled({ from, to }: Span, { holeAfterDays }: Finality): Selection {
  const windows: string[] = [];
  const parameters: Record<string, DuckDBDateValue | number> = {};
  for (let last = to, days = FIRST_WINDOW_DAYS; last >= from; last -= days, days *= GROWTH) {
    const n = windows.length;
    parameters[`first${n}`] = new DuckDBDateValue(Math.max(from, last - days + 1));
    parameters[`last${n}`] = new DuckDBDateValue(last);
    parameters[`settled${n}`] = (last + holeAfterDays) * DAY_MS;
    windows.push(
      `SELECT * FROM availability
        WHERE date BETWEEN $first${n} AND $last${n} AND probe_timestamp < epoch_ms($settled${n}::BIGINT)::TIMESTAMP_MS`,
    );
  }
  return { sql: windows.join(" UNION ALL "), parameters };
}
