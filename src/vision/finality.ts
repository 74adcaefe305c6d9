import { dayAt, DAY_MS, type Day } from "../calendar/day.js";

/** When an answer about a day is believed for good. */
export interface Finality {
  /** Days after the start of the day, 00:00 UTC, from which on a missing file is taken as truth. */
  readonly afterDays: number;
}

/** The instant (ms since the Unix epoch) from which on a probe of this day is final; before it, a probe is provisional. */
export function finalFrom({ afterDays }: Finality, day: Day): number {
  return (day + afterDays) * DAY_MS;
}

/** Whether a probe made at an instant (ms since the Unix epoch) is final for a day. */
export function isFinal(finality: Finality, day: Day, probedAt: number): boolean {
  return probedAt >= finalFrom(finality, day);
}

/** The latest day for which a probe at this instant (ms since the Unix epoch) is final. */
export function lastFinalDay({ afterDays }: Finality, probedAt: number): Day {
  return dayAt(probedAt) - afterDays;
}

/** SQL: whether a row (of the columns `date` and `probe_timestamp`) comes from a final probe. */
export function finalSql({ afterDays }: Finality): string {
  return `probe_timestamp >= date + INTERVAL ${afterDays} DAY`;
}
