import { types } from "node:util";
import { DAY_MS, FIRST_WRITTEN_DAY, formatDay, LAST_WRITTEN_DAY, parseDay, twoDigits, type Day } from "./day.js";

/**
 * An instant in ISO 8601: `2024-03-02T09:36:43Z`, with milliseconds only if they are not zero
 * (`2024-03-02T09:36:43.250Z`).
 *
 * @param ms since the Unix epoch
 * @param dayText formats the date of a day, by default {@link formatDay}; one with a cache makes this many times cheaper
 * @throws RangeError outside the range of a JavaScript `Date`.
 */
export function formatTime(ms: number, dayText: (day: Day) => string = formatDay): string {
  const day = Math.floor(ms / DAY_MS);
  if (!(day >= FIRST_WRITTEN_DAY && day <= LAST_WRITTEN_DAY)) return new Date(ms).toISOString().replace(".000Z", "Z");
  const ofDay = Math.trunc(ms - day * DAY_MS);
  const fraction = ofDay % 1000;
  return `${dayText(day)}T${timeOfDay((ofDay - fraction) / 1000)}${fraction === 0 ? "" : `.${String(fraction).padStart(3, "0")}`}Z`;
}

/**
 * `HH:MM:SS`.
 *
 * @param seconds whole seconds since the start of the day
 */
export function timeOfDay(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return `${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)}:${twoDigits(seconds % 60)}`;
}

/** An instant as callers give it: ISO 8601 with Z, to the second or the ms (`2024-03-01T12:00:00Z`), or a `Date`. */
export type TimeInput = string | Date;

const TIME = /^(\d{4}-\d\d-\d\d)T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{3})?Z$/;

/** The instant that a caller gave, ms since the Unix epoch, or undefined when it is in neither form. */
export function timeOfInput(value: unknown): number | undefined {
  if (typeof value === "string") {
    const date = TIME.exec(value)?.[1];
    return date === undefined || parseDay(date) === undefined ? undefined : Date.parse(value);
  }
  // A `Date` from another realm, such as a test runner's, fails `instanceof Date`.
  if (!types.isDate(value)) return undefined;
  const time = value.getTime();
  return Number.isFinite(time) ? time : undefined;
}

/**
 * Like {@link formatTime}, with microseconds if they are not zero.
 *
 * @param micros since the Unix epoch
 */
export function formatMicros(micros: bigint): string {
  const below = Number(((micros % 1000n) + 1000n) % 1000n);
  const ms = Number((micros - BigInt(below)) / 1000n);
  if (below === 0) return formatTime(ms);
  return `${new Date(ms).toISOString().slice(0, -1)}${String(below).padStart(3, "0")}Z`;
}
