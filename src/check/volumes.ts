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
  summary: "values that differ between the monthly and the daily files of 1d klines",
  notes: "The monthly value is used. The table volume_differences has both, with the run that found them.",
  run: (store) => checkVolumes(store),
});

/** Bars that differ between a monthly and a daily file, by day and symbol, with both values. */
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
    const values = ofBar.map(
      ({ column, monthly, daily }) => `${column} ${monthly} in the monthly file, ${daily} in the daily one`,
    );
    return [
      { date: dateText(first.day), symbols: [first.symbol], message: `the files disagree: ${values.join("; ")}` },
    ];
  });
  return outcomeOf(
    findings,
    "the monthly and daily files of 1d klines agree",
    `${plural(rows.length, "difference")} between monthly and daily files, in ${plural(findings.length, "bar")}`,
  );
}
