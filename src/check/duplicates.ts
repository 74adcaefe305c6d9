import { DAY, dateText, select } from "../query/select.js";
import type { Store } from "../store/open.js";
import { resultOf, type CheckResult } from "./define.js";

/** Cells that stand more than once. */
export async function checkDuplicates(store: Store): Promise<CheckResult> {
  const rows = await select(
    store,
    `SELECT ${DAY}, symbol, count(*)::INTEGER FROM availability
      GROUP BY date, symbol HAVING count(*) > 1 ORDER BY date, symbol`,
  );
  const findings = rows.map(([day, symbol, times]) => ({
    date: dateText(Number(day)),
    symbols: [String(symbol)],
    message: `stands ${Number(times)} times`,
  }));
  return resultOf(
    "duplicates",
    findings,
    "no (date, symbol) stands twice",
    `${findings.length} (date, symbol) stand more than once`,
  );
}
