import { NotWrittenError } from "../errors.js";
import type { Store } from "../store/open.js";
import { FINAL_AFTER_DAYS } from "../vision/dataset.js";
import { formatDay, type Day } from "../calendar/day.js";
import { DAY, date, select } from "./select.js";

/**
 * Fails unless every day of a range is in the file. A day on which nothing at all was available, and which was probed
 * too early to be final, counts as not written: it wasn't published yet.
 *
 * @throws NotWrittenError naming the days that are not written, as ranges.
 */
export async function requireWritten(store: Store, from: Day, to: Day): Promise<void> {
  const [published] = await select(
    store,
    "SELECT count(*)::INTEGER FROM daily_symbol_counts WHERE date BETWEEN $from AND $to AND available_count > 0",
    { from: date(from), to: date(to) },
  );
  if (published?.[0] === to - from + 1) return;
  const rows = await select(
    store,
    `SELECT ${DAY} FROM daily_symbol_counts AS counts
      WHERE date BETWEEN $from AND $to AND (available_count > 0 OR EXISTS (
        FROM availability WHERE availability.date = counts.date
          AND probe_timestamp >= counts.date + INTERVAL ${FINAL_AFTER_DAYS} DAY))
      ORDER BY date`,
    { from: date(from), to: date(to) },
  );
  const absent = absentRanges(
    rows.map(([day]) => Number(day)),
    from,
    to,
  );
  if (absent.length === 0) return;
  const shown = absent.slice(0, 5).map((range) => describeRange(range.from, range.to));
  const more = absent.length > shown.length ? ` and ${absent.length - shown.length} more ranges` : "";
  const first = absent[0] ?? { from, to };
  throw new NotWrittenError(
    `not in the database: ${shown.join(", ")}${more}; ` +
      `\`bfa backfill --from ${formatDay(first.from)} --to ${formatDay(absent.at(-1)?.to ?? to)}\` fills them once they are published`,
  );
}

/** The days from `from` to `to` that an ascending list of days lacks, as ranges. */
export function absentRanges(days: readonly Day[], from: Day, to: Day): { from: Day; to: Day }[] {
  const ranges: { from: Day; to: Day }[] = [];
  let next = from;
  for (const day of days) {
    if (day > next) ranges.push({ from: next, to: day - 1 });
    next = day + 1;
  }
  if (next <= to) ranges.push({ from: next, to });
  return ranges;
}

/** `2024-01-01` or `2024-01-01 to 2024-01-05`. */
export function describeRange(from: Day, to: Day): string {
  return from === to ? formatDay(from) : `${formatDay(from)} to ${formatDay(to)}`;
}
