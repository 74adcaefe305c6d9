import { DAY_MS, type Day } from "../calendar/day.js";

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

/** The instant (ms since the Unix epoch) from which on even a hole is believed. */
export function holeFinalFrom({ holeAfterDays }: Finality, day: Day): number {
  return (day + holeAfterDays) * DAY_MS;
}

/** The instant (ms since the Unix epoch) from which on a day that lacks many files counts as published all the same. */
export function publishedFrom({ publishedAfterDays }: Finality, day: Day): number {
  return (day + publishedAfterDays) * DAY_MS;
}

/**
 * SQL: whole days from the start of a row's `date` to its probe. Whole days are compared, which takes half the time of
 * comparing times, and says the same, since finality begins at 00:00 UTC.
 */
function ageSql(probeTimestamp = "probe_timestamp"): string {
  return `(${probeTimestamp}::DATE - date)`;
}

/**
 * SQL: whether a row's probe was made by then. One that says it was made later than now comes from a clock that was
 * wrong, and isn't believed.
 *
 * @param time ms since the Unix epoch, or a BIGINT expression for it
 */
export function probedBySql(time: number | string): string {
  return `probe_timestamp <= epoch_ms(${time})::TIMESTAMP_MS`;
}

/** SQL: whether a row's probe came too early to be believed. */
export function provisionalSql({ afterDays }: Finality): string {
  return `(${ageSql()} < ${afterDays})`;
}

/** SQL: whether a row's probe can be believed, unless it is a hole. */
export function finalSql(finality: Finality): string {
  return `NOT ${provisionalSql(finality)}`;
}

/** SQL: whether a hole's probe came too early to be believed, though that of any other cell would be. */
export function openHoleSql({ afterDays, holeAfterDays }: Finality): string {
  return `(${ageSql()} BETWEEN ${afterDays} AND ${holeAfterDays - 1})`;
}

/** SQL: whether a row's probe came before its day counts as published. */
export function unpublishedSql({ publishedAfterDays }: Finality): string {
  return `(${ageSql()} < ${publishedAfterDays})`;
}

/**
 * SQL: whether a file that a probe did not find, and a later one did, came late, and was not just being published.
 *
 * @param probeTimestamp column with the time of the earlier probe
 */
export function lateSql({ lateAfterDays }: Finality, probeTimestamp: string): string {
  return `(${ageSql(probeTimestamp)} >= ${lateAfterDays})`;
}
