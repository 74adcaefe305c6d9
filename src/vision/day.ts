import { FINAL_AFTER_DAYS } from "./dataset.js";

/** A UTC calendar date as the number of days since 1970-01-01, which is also how DuckDB stores a DATE. */
export type Day = number;

/** Milliseconds of a UTC day; Unix time has no leap seconds. */
export const DAY_MS = 86_400_000;

const ISO_DATE = /^(\d{4})-(\d{2})-(\d{2})$/;

/** The day written as `YYYY-MM-DD`, or undefined when the text isn't a date of the calendar (`2023-02-29`). */
export function parseDay(text: string): Day | undefined {
  const match = ISO_DATE.exec(text);
  if (!match) return undefined;
  const day = Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3])) / DAY_MS;
  return formatDay(day) === text ? day : undefined;
}

/** The day of a date constant known to be valid. */
export function dayOf(text: string): Day {
  const day = parseDay(text);
  if (day === undefined) throw new RangeError(`not a date: ${text}`);
  return day;
}

/** `YYYY-MM-DD` of a day. */
export function formatDay(day: Day): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** The UTC day that contains an instant given in ms since the Unix epoch. */
export function dayAt(ms: number): Day {
  return Math.floor(ms / DAY_MS);
}

/** The instant (ms) from which on a probe of this day is final; before it, the probe is provisional. */
export function finalFrom(day: Day): number {
  return (day + FINAL_AFTER_DAYS) * DAY_MS;
}

/** The latest day for which a probe at this instant (ms) is final. */
export function lastFinalDay(ms: number): Day {
  return dayAt(ms) - FINAL_AFTER_DAYS;
}
