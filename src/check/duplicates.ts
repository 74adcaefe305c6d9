import { DAY, dateText } from "../query/select.js";
import type { Store } from "../store/open.js";
import { select } from "../store/prepared.js";
import { plural } from "../text/numbers.js";
import { defineCheck, outcomeOf, type CheckOutcome } from "./define.js";

/** `duplicates` */
export const duplicates = defineCheck({
  name: "duplicates",
  summary: "cells with more than one row",
  run: (store) => checkDuplicates(store),
});

/** Cells with more than one row. */
async function checkDuplicates(store: Store): Promise<CheckOutcome> {
  const rows = await select(
    store,
    `SELECT ${DAY}, symbol, count(*)::INTEGER FROM availability
      GROUP BY date, symbol HAVING count(*) > 1 ORDER BY date, symbol`,
  );
  const findings = rows.map(([day, symbol, times]) => ({
    date: dateText(Number(day)),
    symbols: [String(symbol)],
    message: `has ${Number(times)} rows`,
  }));
  return outcomeOf(
    findings,
    "no cell has more than one row",
    `${plural(findings.length, "cell")} with more than one row`,
  );
}
