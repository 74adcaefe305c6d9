import { dayNumber } from "../calendar/sql.js";
import { DuckDBDateValue } from "../store/duckdb.js";
import { DAY_MS, formatDay, type Day } from "../calendar/day.js";
import { formatTime } from "../calendar/time.js";

/** A day as a parameter. */
export function date(day: Day): DuckDBDateValue {
  return new DuckDBDateValue(day);
}

const dateTexts = new Map<Day, string>();

/** `YYYY-MM-DD` of a day, kept: a timeline writes thousands of dates, and each of them again the next time. */
export function dateText(day: Day): string {
  let text = dateTexts.get(day);
  if (text === undefined) {
    text = formatDay(day);
    dateTexts.set(day, text);
  }
  return text;
}

/** Two digits of a number below 100. */
const TWO_DIGITS = Array.from({ length: 100 }, (_, number) => String(number).padStart(2, "0"));

/** A time as {@link formatTime} writes it, in a fifth of its time: a timeline writes thousands of them. */
export function timeText(ms: number): string {
  const day = Math.floor(ms / DAY_MS);
  const seconds = (ms - day * DAY_MS) / 1000;
  if (!Number.isInteger(seconds)) return formatTime(ms);
  const [hour, minute] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const time = `${TWO_DIGITS[hour] ?? ""}:${TWO_DIGITS[minute] ?? ""}:${TWO_DIGITS[seconds % 60] ?? ""}`;
  return `${dateText(day)}T${time}Z`;
}

/** SQL: a DATE as its day number. */
export const DAY = dayNumber("date");

/** SQL: a time column in ms, as a number that JavaScript has. */
export function ms(column: string): string {
  return `epoch_ms(${column})::DOUBLE`;
}
