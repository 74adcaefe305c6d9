import { WRONG_COUNTS } from "../store/counts.js";
import { readRows } from "../store/read-rows.js";
import { DAY, dateText } from "../query/select.js";
import type { Store } from "../store/open.js";

/** A day whose stored counts differ from the rows; a side without that day is null. */
export interface CountMismatch {
  date: string;
  stored_available: number | null;
  counted_available: number | null;
  stored_probed: number | null;
  counted_probed: number | null;
}

/** The days on which the counts table differs from the rows: none in a sound file. */
export async function compareCounts(store: Store): Promise<CountMismatch[]> {
  const rows = await readRows(
    store,
    `SELECT ${DAY}, kept_available, counted_available::INTEGER, kept_probed, counted_probed::INTEGER
      FROM (${WRONG_COUNTS}) ORDER BY date`,
    {
      day: "day",
      stored_available: "number?",
      counted_available: "number?",
      stored_probed: "number?",
      counted_probed: "number?",
    },
  );
  return rows.map(({ day, ...counts }) => ({ date: dateText(day), ...counts }));
}
