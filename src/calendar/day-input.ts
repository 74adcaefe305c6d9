import { types } from "node:util";
import { dayAt, parseDay, type Day } from "./day.js";

/** A UTC day as callers give it: `YYYY-MM-DD`, or a `Date`, which stands for the UTC day that contains it. */
export type DayInput = string | Date;

/** The day that a caller gave, or undefined when it is neither a calendar date nor a valid `Date`. */
export function dayOfInput(value: unknown): Day | undefined {
  if (typeof value === "string") return parseDay(value);
  // A `Date` from another realm, such as a test runner's, fails `instanceof Date`.
  if (!types.isDate(value)) return undefined;
  const day = dayAt(value.getTime());
  return Number.isFinite(day) ? day : undefined;
}
