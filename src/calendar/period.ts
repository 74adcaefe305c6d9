import { DAY_MS, dayOfParts, formatDay, parseDay, parseDigits, type Day } from "./day.js";
import type { Span } from "./span.js";

/** How often a dataset gets a file. */
export type Cadence = "daily" | "monthly";

/** Length of a period's name: `YYYY-MM-DD` or `YYYY-MM`. */
export const PERIOD_LENGTH: Readonly<Record<Cadence, number>> = { daily: 10, monthly: 7 };

/** The name of the period that begins on a day: `2024-03-01` or `2024-03`. */
export function formatPeriod(cadence: Cadence, firstDay: Day): string {
  return formatDay(firstDay).slice(0, PERIOD_LENGTH[cadence]);
}

/** The first day of a period, or undefined when the text does not name one. */
export function parsePeriod(cadence: Cadence, text: string): Day | undefined {
  if (cadence === "daily") return parseDay(text);
  if (text.length !== PERIOD_LENGTH.monthly || text[4] !== "-") return undefined;
  return dayOfParts(parseDigits(text, 0, 4), parseDigits(text, 5, 7), 1);
}

/** The days of the period that begins on a day. */
export function periodSpan(cadence: Cadence, firstDay: Day): Span {
  if (cadence === "daily") return { from: firstDay, to: firstDay };
  const first = new Date(firstDay * DAY_MS);
  return { from: firstDay, to: Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0) / DAY_MS };
}

/** First day of the month that a day lies in. */
export function monthOf(day: Day): Day {
  return day - new Date(day * DAY_MS).getUTCDate() + 1;
}
