import type { Store } from "../store/open.js";
import type { Day } from "../calendar/day.js";
import { DAY, date, dateText, select } from "./select.js";
import { requireWritten } from "./condition.js";

/** How many symbols had a file on a day, and how many were probed. */
export interface CountRow {
  date: string;
  available_count: number;
  probed_count: number;
}

/** A day whose stored counts differ from the rows; a side is null when it has no such day. */
export interface CountMismatch {
  date: string;
  stored_available: number | null;
  counted_available: number | null;
  stored_probed: number | null;
  counted_probed: number | null;
}

type CountCells = [Day, available: number, probed: number];

const COUNTS = `SELECT ${DAY}, available_count, probed_count FROM daily_symbol_counts`;

/**
 * The counts of each day, ascending, from the counts table: of a range, or of every day there is.
 *
 * @throws NotWrittenError when a day of the range isn't in the file.
 */
export async function counts(store: Store, range?: { from: Day; to: Day }): Promise<CountRow[]> {
  const rows = (await (range === undefined ? select(store, COUNTS) : countsOfRange(store, range))) as CountCells[];
  rows.sort((a, b) => a[0] - b[0]);
  return rows.map(([day, available, probed]) => ({
    date: dateText(day),
    available_count: available,
    probed_count: probed,
  }));
}

async function countsOfRange(store: Store, { from, to }: { from: Day; to: Day }) {
  await requireWritten(store, from, to);
  return await select(store, `${COUNTS} WHERE date BETWEEN $from AND $to`, { from: date(from), to: date(to) });
}

/** Compares the counts table with the rows: the days that differ, none in a sound file. */
export async function checkCounts(store: Store): Promise<CountMismatch[]> {
  const rows = await select(
    store,
    `WITH counted AS (
        SELECT date, count(*) FILTER (available)::INTEGER AS available, count(*)::INTEGER AS probed
        FROM availability GROUP BY date
      )
      SELECT ${DAY}, available_count, available, probed_count, probed
      FROM daily_symbol_counts FULL JOIN counted USING (date)
      WHERE available_count IS DISTINCT FROM available OR probed_count IS DISTINCT FROM probed ORDER BY 1`,
  );
  return (rows as [Day, number | null, number | null, number | null, number | null][]).map(
    ([day, storedAvailable, countedAvailable, storedProbed, countedProbed]) => ({
      date: dateText(day),
      stored_available: storedAvailable,
      counted_available: countedAvailable,
      stored_probed: storedProbed,
      counted_probed: countedProbed,
    }),
  );
}
