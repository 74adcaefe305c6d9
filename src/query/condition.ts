import { provisionalSql } from "../vision/finality.js";
import { describeSpan, gapsBetween, islands } from "../calendar/span.js";
import { NotWrittenError } from "../errors.js";
import type { Store } from "../store/open.js";
import { formatDay, type Day } from "../calendar/day.js";
import { readRows } from "./read-rows.js";
import { DAY, date } from "./select.js";

/** Spans of absent days that the error names. */
const SPANS_SHOWN = 5;

/**
 * Fails unless every day of a range is in the file. A day on which nothing at all was available, and which was probed
 * too early to be final, counts as not written: it wasn't published yet.
 *
 * @throws NotWrittenError naming the days that are not written, as ranges.
 */
export async function requireWritten(store: Store, from: Day, to: Day): Promise<void> {
  const [published] = await readRows(
    store,
    "SELECT count(*)::INTEGER FROM daily_symbol_counts WHERE date BETWEEN $from AND $to AND available_count > 0",
    { days: "number" },
    { from: date(from), to: date(to) },
  );
  if (published?.days === to - from + 1) return;
  const rows = await readRows(
    store,
    `SELECT ${DAY} FROM daily_symbol_counts AS counts
      WHERE date BETWEEN $from AND $to AND (available_count > 0 OR EXISTS (
        FROM availability WHERE availability.date = counts.date
          AND NOT ${provisionalSql(store.dataset.finality)}))
      ORDER BY date`,
    { day: "day" },
    { from: date(from), to: date(to) },
  );
  const absent = gapsBetween(islands(rows.map(({ day }) => day)), { from, to });
  if (absent.length === 0) return;
  const more = absent.length > SPANS_SHOWN ? ` and ${absent.length - SPANS_SHOWN} more ranges` : "";
  const first = absent[0]?.from ?? from;
  const last = absent.at(-1)?.to ?? to;
  throw new NotWrittenError(
    `not in the database: ${absent.slice(0, SPANS_SHOWN).map(describeSpan).join(", ")}${more}; ` +
      `\`bfa backfill --from ${formatDay(first)} --to ${formatDay(last)}\` fills them once they are published`,
  );
}
