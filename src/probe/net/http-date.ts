import { DAY_MS, dayOfParts, parseDigits } from "../../calendar/day.js";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const PATTERN = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;

/**
 * Parses an HTTP date (`Fri, 05 Mar 2021 10:12:13 GMT`, the format that RFC 9110 requires of servers) as ms since the
 * Unix epoch; NaN for any other text and for times before 1970. `Date.parse` would read a bare number as a year and a
 * time without a zone as local.
 */
export function parseHttpDate(text: string): number {
  if (!PATTERN.test(text)) return NaN;
  const month = MONTHS.indexOf(text.slice(8, 11)) + 1;
  const day = dayOfParts(parseDigits(text, 12, 16), month, parseDigits(text, 5, 7));
  const hour = parseDigits(text, 17, 19);
  const minute = parseDigits(text, 20, 22);
  const second = parseDigits(text, 23, 25);
  // Second 60 is a leap second, which the Unix epoch counts as the next one.
  if (day === undefined || hour > 23 || minute > 59 || second > 60) return NaN;
  return day * DAY_MS + (hour * 3600 + minute * 60 + second) * 1000;
}
