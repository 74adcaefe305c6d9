import { DAY_MS, type Day } from "../calendar/day.js";

/** When an answer about a day is final. */
export interface Finality {
  /** Days after the start of the day, 00:00 UTC, from which a missing file is final. */
  readonly afterDays: number;
  /** The same for a hole, a missing file between two of the same life. Some holes are filled months later. */
  readonly holeAfterDays: number;
  /** Days after the start of the day from which a file that was missing at the last probe counts as late. */
  readonly lateAfterDays: number;
  /** Days after the start of the day during which a day that lacks many files counts as not published yet. */
  readonly publishedAfterDays: number;
  /** Days without a file after which a symbol is dormant. */
  readonly dormantAfterDays: number;
  /** Days between two listings of a dormant symbol. */
  readonly dormantEveryDays: number;
}

/** The instant (ms since the Unix epoch) from which a probe of this day is final; earlier probes are provisional. */
export function finalFrom({ afterDays }: Finality, day: Day): number {
  return (day + afterDays) * DAY_MS;
}

/** The instant (ms since the Unix epoch) from which even a hole is final. */
export function holeFinalFrom({ holeAfterDays }: Finality, day: Day): number {
  return (day + holeAfterDays) * DAY_MS;
}

/** The instant (ms since the Unix epoch) from which even a day that lacks many files counts as published. */
export function publishedFrom({ publishedAfterDays }: Finality, day: Day): number {
  return (day + publishedAfterDays) * DAY_MS;
}

/**
 * SQL: whole days from the start of a row's `date` to its probe. Comparing whole days takes half the time of comparing
 * timestamps, and gives the same result because finality begins at 00:00 UTC.
 */
function ageSql(probeTimestamp = "probe_timestamp"): string {
  return `(${probeTimestamp}::DATE - date)`;
}

/**
 * SQL: whether a row's probe was made by the given time. A probe from the future comes from a wrong clock and is
 * ignored.
 *
 * @param time ms since the Unix epoch, or a BIGINT expression for it
 */
export function probedBySql(time: number | string): string {
  return `probe_timestamp <= epoch_ms(${time})::TIMESTAMP_MS`;
}

/** SQL: whether a row's probe came too early to be final. */
export function provisionalSql({ afterDays }: Finality): string {
  return `(${ageSql()} < ${afterDays})`;
}

/** SQL: whether a row's probe is final, unless it is a hole. */
export function finalSql(finality: Finality): string {
  return `NOT ${provisionalSql(finality)}`;
}

/** SQL: whether a row's probe is late enough to be final, but too early for a hole. */
export function openHoleSql({ afterDays, holeAfterDays }: Finality): string {
  return `(${ageSql()} BETWEEN ${afterDays} AND ${holeAfterDays - 1})`;
}

/** SQL: whether a row's probe was made before its day counted as published. */
export function unpublishedSql({ publishedAfterDays }: Finality): string {
  return `(${ageSql()} < ${publishedAfterDays})`;
}

/**
 * SQL: whether a file that one probe did not find and a later one did was late, rather than just not published yet.
 *
 * @param probeTimestamp column with the time of the earlier probe
 */
export function lateSql({ lateAfterDays }: Finality, probeTimestamp: string): string {
  return `(${ageSql(probeTimestamp)} >= ${lateAfterDays})`;
}
