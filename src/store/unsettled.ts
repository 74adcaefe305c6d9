import { DAY_MS } from "../calendar/day.js";
import type { Span } from "../calendar/span.js";
import type { Finality } from "../vision/finality.js";
import { DuckDBDateValue } from "./duckdb.js";
import type { Parameters } from "./prepared.js";

/** Days of the newest window: slightly more than a hole stays due. */
const FIRST_WINDOW_DAYS = 96;

/** Each window is this many times as long as the next newer one. */
const GROWTH = 8;

/** SQL with its parameters. */
export interface Selection {
  sql: string;
  parameters: Parameters;
}

/**
 * SQL for the rows of a span, except most rows that were probed so late that they can't be due. The span is divided
 * into windows of days, because DuckDB skips row groups whose probes were all later than a window's last day requires.
 * Only the newest rows were probed early, so the newest windows are short.
 */
export function mayBeUnsettled({ from, to }: Span, { holeAfterDays }: Finality): Selection {
  const windows: string[] = [];
  const parameters: Record<string, DuckDBDateValue | number> = {};
  let last = to;
  let days = FIRST_WINDOW_DAYS;
  // A span without days has a window too, which is empty: with a clock before the market began, nothing can be due.
  do {
    const n = windows.length;
    parameters[`first${n}`] = new DuckDBDateValue(Math.max(from, last - days + 1));
    parameters[`last${n}`] = new DuckDBDateValue(last);
    parameters[`settled${n}`] = (last + holeAfterDays) * DAY_MS;
    windows.push(
      `SELECT * FROM availability
        WHERE date BETWEEN $first${n} AND $last${n} AND probe_timestamp < epoch_ms($settled${n}::BIGINT)::TIMESTAMP_MS`,
    );
    last -= days;
    days *= GROWTH;
  } while (last >= from);
  return { sql: windows.join(" UNION ALL "), parameters };
}
