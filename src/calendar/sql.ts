import { formatDay, type Day } from "./day.js";

/** SQL: a DATE expression as a {@link Day}, an INTEGER that arrives as a JavaScript number. */
export function dayNumber(expression: string): string {
  return `(${expression} - DATE '1970-01-01')::INTEGER`;
}

/** SQL: the DATE of an expression that yields a {@link Day}. */
export function dateOfDay(expression: string): string {
  return `(DATE '1970-01-01' + ${expression})`;
}

/** SQL: a day as a DATE literal. */
export function dateLiteral(day: Day): string {
  return `DATE '${formatDay(day)}'`;
}
