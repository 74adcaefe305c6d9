import { dayNumber } from "../calendar/sql.js";
import { dayAt, DAY_MS, type Day } from "../calendar/day.js";

/** When an answer about a day is believed for good. */
export interface Finality {
  /** Days after the start of the day, 00:00 UTC, from which on a missing file is taken as truth. */
  readonly afterDays: number;
  /** The same for a hole: a missing file between two of the same life. Some are filled after months. */
  readonly holeAfterDays: number;
  /** Days after the start of the day from which on a file that was missing at the last probe came late. */
  readonly lateAfterDays: number;
  /** Days after the start of the day until which a day that lacks many files counts as not published yet. */
  readonly publishedAfterDays: number;
  /** Days without a file after which a symbol is dormant. */
  readonly dormantAfterDays: number;
  /** Days between two looks at a dormant symbol. */
  readonly dormantEveryDays: number;
}

/** The instant (ms since the Unix epoch) from which on a probe of this day is final; before it, a probe is provisional. */
export function finalFrom({ afterDays }: Finality, day: Day): number {
  return (day + afterDays) * DAY_MS;
}

/** The latest day for which a probe at this instant (ms since the Unix epoch) is final. */
export function lastFinalDay({ afterDays }: Finality, probedAt: number): Day {
  return dayAt(probedAt) - afterDays;
}

/**
 * SQL: whole days from the start of a row's `date` to its probe. Whole days are compared, which takes half the time of
 * comparing times, and says the same, since finality begins at 00:00 UTC.
 */
export function probeAgeSql(probeTimestamp = "probe_timestamp"): string {
  return `(epoch_ms(${probeTimestamp}) // ${DAY_MS} - ${dayNumber("date")})`;
}

/** SQL: whether a row (of the columns `date` and `probe_timestamp`) comes from a final probe. */
export function finalSql({ afterDays }: Finality): string {
  return `${probeAgeSql()} >= ${afterDays}`;
}
