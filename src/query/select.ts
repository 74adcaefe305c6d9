import { dayNumber } from "../calendar/sql.js";
import { DuckDBDateValue } from "../store/duckdb.js";
import { formatDay, type Day } from "../calendar/day.js";
import { formatTime } from "../calendar/time.js";

/** A day as a parameter. */
export function date(day: Day): DuckDBDateValue {
  return new DuckDBDateValue(day);
}

const dateTexts = new Map<Day, string>();

/** `YYYY-MM-DD` of a day, cached: every timeline formats thousands of dates, and mostly the same ones. */
export function dateText(day: Day): string {
  let text = dateTexts.get(day);
  if (text === undefined) {
    text = formatDay(day);
    dateTexts.set(day, text);
  }
  return text;
}

/** Like {@link formatTime}, with the text of the date cached. */
export function timeText(ms: number): string {
  return formatTime(ms, dateText);
}

/** SQL: a DATE as its day number. */
export const DAY = dayNumber("date");

/** SQL: a time column in ms, as a JavaScript number. */
export function ms(column: string): string {
  return `epoch_ms(${column})::DOUBLE`;
}
