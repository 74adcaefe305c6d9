import { DAY, date, dateText } from "../query/select.js";
import { countDays, describeSpan, gapsBetween, islands, type Span } from "../calendar/span.js";
import type { Store } from "../store/open.js";
import { select } from "../store/prepared.js";
import { plural } from "../text/numbers.js";
import { defineCheck, outcomeOf, type CheckOutcome } from "./define.js";

/** `continuity` */
export const continuity = defineCheck({
  name: "continuity",
  summary: "days without rows",
  run: (store, { from, to }) => checkContinuity(store, { from, to }),
});

/** Days without rows in a span. */
async function checkContinuity(store: Store, span: Span): Promise<CheckOutcome> {
  const { from, to } = span;
  const rows = await select(
    store,
    `SELECT ${DAY} FROM daily_symbol_counts WHERE date BETWEEN $from AND $to ORDER BY date`,
    { from: date(from), to: date(to) },
  );
  const gaps = gapsBetween(islands(rows.map(([day]) => Number(day))), span);
  const findings = gaps.map((gap) => ({
    date: dateText(gap.from),
    symbols: [],
    message: `no rows: ${describeSpan(gap)} (${plural(countDays([gap]), "day")})`,
  }));
  return outcomeOf(
    findings,
    `every day from ${dateText(from)} to ${dateText(to)} has rows`,
    `${countDays(gaps)} of ${countDays([span])} days have no rows`,
  );
}
