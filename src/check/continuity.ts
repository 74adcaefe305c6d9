import { DAY, date, dateText, select } from "../query/select.js";
import { absentRanges, describeRange } from "../query/condition.js";
import type { Store } from "../store/open.js";
import type { Day } from "../calendar/day.js";
import { resultOf, type CheckResult } from "./define.js";

/** Days without rows between two days, both included. */
export async function checkContinuity(store: Store, from: Day, to: Day): Promise<CheckResult> {
  const rows = await select(
    store,
    `SELECT ${DAY} FROM daily_symbol_counts WHERE date BETWEEN $from AND $to ORDER BY date`,
    { from: date(from), to: date(to) },
  );
  const days = rows.map(([day]) => Number(day));
  const findings = absentRanges(days, from, to).map((range) => ({
    date: dateText(range.from),
    message: `no rows: ${describeRange(range.from, range.to)} (${range.to - range.from + 1} days)`,
  }));
  const absent = to - from + 1 - days.length;
  return resultOf(
    "continuity",
    findings,
    `every day from ${dateText(from)} to ${dateText(to)} has rows`,
    `${absent} of ${to - from + 1} days have no rows`,
  );
}
