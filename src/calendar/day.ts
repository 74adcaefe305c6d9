/** A UTC calendar date as the number of days since 1970-01-01, which is also how DuckDB stores a DATE. */
export type Day = number;

/** Milliseconds of a UTC day; Unix time has no leap seconds. */
export const DAY_MS = 86_400_000;

/** Seconds of a UTC day. */
export const DAY_SECONDS = 86_400;

const DAYS_BEFORE_MONTH = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365];

/**
 * Parses `YYYY-MM-DD`; undefined for a date before 1970 or one that doesn't exist (`2023-02-29`). Uses arithmetic
 * instead of `Date` because listing the whole history parses 1.5 million dates.
 */
export function parseDay(text: string): Day | undefined {
  if (text.length !== 10 || text[4] !== "-" || text[7] !== "-") return undefined;
  return dayOfParts(parseDigits(text, 0, 4), parseDigits(text, 5, 7), parseDigits(text, 8, 10));
}

/**
 * The day of a year, a month and a day of the month (both from 1); undefined before 1970, when there is no such day or
 * when a part is NaN.
 */
export function dayOfParts(year: number, month: number, dayOfMonth: number): Day | undefined {
  const before = DAYS_BEFORE_MONTH[month - 1];
  const after = DAYS_BEFORE_MONTH[month];
  if (!(year >= 1970) || before === undefined || after === undefined) return undefined;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const length = after - before + (leap && month === 2 ? 1 : 0);
  if (!(dayOfMonth >= 1 && dayOfMonth <= length)) return undefined;
  return daysBeforeYear(year) + before + (leap && month > 2 ? 1 : 0) + dayOfMonth - 1;
}

/** The decimal number in `text[start, end)`, or NaN when a character is not a digit. */
export function parseDigits(text: string, start: number, end: number): number {
  let value = 0;
  for (let i = start; i < end; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return NaN;
    value = value * 10 + digit;
  }
  return value;
}

function daysBeforeYear(year: number): Day {
  const leapYears = (y: number) => Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400);
  return (year - 1970) * 365 + leapYears(year - 1) - leapYears(1969);
}

/** The day of a date constant known to be valid. */
export function dayOf(text: string): Day {
  const day = parseDay(text);
  if (day === undefined) throw new RangeError(`not a date: ${text}`);
  return day;
}

/** Days in 400 years, after which the calendar repeats. */
const CYCLE_DAYS = 146_097;

/** Days from 1 March of the year 0 to 1970-01-01. In years that start in March, the leap day comes last. */
const DAYS_FROM_MARCH = 719_468;

/** The first and last day with a four-digit year. */
export const [FIRST_WRITTEN_DAY, LAST_WRITTEN_DAY] = [-719_528, 2_932_896];

/**
 * `YYYY-MM-DD` of a day. Uses arithmetic, which takes a third of the time that `Date` does: an answer can have
 * millions.
 *
 * @throws RangeError outside the range of a JavaScript `Date`.
 */
export function formatDay(day: Day): string {
  if (!(day >= FIRST_WRITTEN_DAY && day <= LAST_WRITTEN_DAY)) return new Date(day * DAY_MS).toISOString().slice(0, 10);
  const sinceMarch = day + DAYS_FROM_MARCH;
  const cycle = Math.floor(sinceMarch / CYCLE_DAYS);
  const inCycle = sinceMarch - cycle * CYCLE_DAYS;
  const leapDays = Math.floor(inCycle / 1460) - Math.floor(inCycle / 36_524) + Math.floor(inCycle / 146_096);
  const yearOfCycle = Math.floor((inCycle - leapDays) / 365);
  const dayOfYear = inCycle - (yearOfCycle * 365 + Math.floor(yearOfCycle / 4) - Math.floor(yearOfCycle / 100));
  // Counted from March, month lengths repeat every five months, and five months have 153 days.
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const dayOfMonth = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = cycle * 400 + yearOfCycle + (month <= 2 ? 1 : 0);
  return `${String(year).padStart(4, "0")}-${twoDigits(month)}-${twoDigits(dayOfMonth)}`;
}

const TWO_DIGITS = Array.from({ length: 100 }, (_, number) => String(number).padStart(2, "0"));

/** A whole number below 100 in two digits. */
export function twoDigits(number: number): string {
  return TWO_DIGITS[number] ?? "";
}

/** The UTC day that contains an instant given in ms since the Unix epoch. */
export function dayAt(ms: number): Day {
  return Math.floor(ms / DAY_MS);
}
