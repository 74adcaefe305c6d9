import type { Day } from "../calendar/day.js";
import { dayNumber } from "../calendar/sql.js";
import { holeFinalFrom } from "../vision/finality.js";
import { oncePerReader } from "./once-per-reader.js";
import type { Store } from "./open.js";
import { readRows } from "./read-rows.js";
import { lastSweep } from "./runs.js";

/** A set of days. */
export interface Days {
  has(day: Day): boolean;
}

/**
 * The days without any file after the first day with one: Binance has not published them, so no absence on them is
 * final. Only a sweep made so late that holes are final makes an empty day final.
 *
 * @param now ms since the Unix epoch
 */
export async function emptyDays(store: Store, now: number): Promise<Days> {
  const gaps = await daysWithoutFiles(store);
  const swept = (await lastSweep(store, now)) ?? -Infinity;
  return {
    has: (day) =>
      gaps.some(({ before, after }) => before < day && day < after) &&
      swept < holeFinalFrom(store.dataset.finality, day),
  };
}

/** The days without files, given by the days with files around them; after the last one there are none. */
const daysWithoutFiles = oncePerReader(async (store: Store) => {
  const gaps = await readRows(
    store,
    `SELECT ${dayNumber("date")}, ${dayNumber("next")} FROM (
        SELECT date, lead(date) OVER (ORDER BY date) AS next FROM daily_symbol_counts WHERE available_count > 0
      ) WHERE next IS NULL OR next > date + 1`,
    { before: "day", after: "day?" },
  );
  return gaps.map(({ before, after }) => ({ before, after: after ?? Infinity }));
});
