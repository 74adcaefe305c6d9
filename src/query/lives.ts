import { provisionalSql } from "../vision/finality.js";
import type { Store } from "../store/open.js";
import type { Day } from "../calendar/day.js";
import { readRows } from "./read-rows.js";
import { DAY } from "./select.js";

/**
 * Days without a file after which the same name is taken to be listed anew. Shorter gaps are holes: the longest
 * outages of single symbols in the bucket lasted days, the shortest relistings months.
 */
export const RELISTING_GAP_DAYS = 30;

/** A time in which a symbol had files, but for holes. A symbol that was listed again under its name has two. */
export interface Life {
  symbol: string;
  /** First and last day with a file. */
  first: Day;
  last: Day;
  /** Whether the day before `first` was probed and had no file, so that `first` is a beginning and not just the first day known. */
  begins: boolean;
  /** Whether a day after `last` is known, finally, to have no file. */
  ends: boolean;
}

/** The lives of every symbol, by name and time. */
export async function lives(store: Store): Promise<Life[]> {
  const summaries = await readRows(
    store,
    `SELECT symbol, min(${DAY}) FILTER (available), max(${DAY}) FILTER (available),
        count(*) FILTER (available)::INTEGER, min(${DAY}),
        max(${DAY}) FILTER (NOT available AND NOT ${provisionalSql(store.dataset.finality)})
      FROM availability GROUP BY symbol ORDER BY symbol`,
    { symbol: "text", first: "day?", last: "day?", count: "number", firstProbed: "day", lastMissing: "day?" },
  );
  const all: Life[] = [];
  for (const { symbol, first, last, count, firstProbed, lastMissing } of summaries) {
    if (first === null || last === null) continue;
    // Only a symbol that lacks enough days in all can have a gap of so many; finding gaps reads all of its days.
    const lacking = last - first + 1 - count;
    const spans = lacking < RELISTING_GAP_DAYS ? [{ first, last }] : await spansOf(store, symbol);
    for (const span of spans) {
      const ends = lastMissing !== null && lastMissing > span.last;
      all.push({ symbol, ...span, begins: firstProbed < span.first, ends });
    }
  }
  return all;
}

/** First and last days of a symbol's files, in spans at least {@link RELISTING_GAP_DAYS} days apart. */
async function spansOf(store: Store, symbol: string): Promise<{ first: Day; last: Day }[]> {
  const rows = await readRows(
    store,
    `SELECT ${DAY} FROM availability WHERE symbol = $symbol AND available`,
    { day: "day" },
    { symbol },
  );
  const days = rows.map(({ day }) => day).sort((a, b) => a - b);
  const spans: { first: Day; last: Day }[] = [];
  for (const day of days) {
    const span = spans.at(-1);
    if (span !== undefined && day - span.last <= RELISTING_GAP_DAYS) span.last = day;
    else spans.push({ first: day, last: day });
  }
  return spans;
}
