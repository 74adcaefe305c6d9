import { dayNumber } from "../calendar/sql.js";
import { dateText } from "../query/select.js";
import type { Store } from "../store/open.js";
import { readRows } from "../store/read-rows.js";
import { plural } from "../text/numbers.js";
import { defineCheck, outcomeOf, type CheckOutcome } from "./define.js";
import { groupBy } from "./group-by.js";

/** `volumes` */
export const volumes = defineCheck({
  name: "volumes",
  summary: "values in which a month's file of 1d klines and a day's disagree",
  notes: "The month's value is in use. Both are in the table volume_differences, with the run that found them.",
  run: (store) => checkVolumes(store),
});

/** Bars in which a month's file and a day's differ, by day and symbol, with both values. */
async function checkVolumes(store: Store): Promise<CheckOutcome> {
  const rows = await readRows(
    store,
    `SELECT ${dayNumber("date")}, symbol, column_name, monthly_value, daily_value FROM volume_differences
      ORDER BY date, symbol, seen_at`,
    { day: "day", symbol: "text", column: "text", monthly: "number", daily: "number" },
  );
  const findings = [...groupBy(rows, ({ day, symbol }) => `${day} ${symbol}`).values()].flatMap((ofBar) => {
    const [first] = ofBar;
    if (first === undefined) return [];
    const values = ofBar.map(({ column, monthly, daily }) => `${column} ${monthly} by the month, ${daily} by the day`);
    return [
      { date: dateText(first.day), symbols: [first.symbol], message: `the files disagree: ${values.join("; ")}` },
    ];
  });
  return outcomeOf(
    findings,
    "no month's file of 1d klines disagrees with a day's",
    `${plural(rows.length, "value")} of ${plural(findings.length, "bar")} differ between a month's file and a day's`,
  );
}
