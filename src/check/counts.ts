import type { Store } from "../store/open.js";
import { compareCounts } from "./compare-counts.js";
import { defineCheck, outcomeOf, type CheckOutcome } from "./define.js";

/** `counts` */
export const counts = defineCheck({
  name: "counts",
  summary: "stored counts that differ from the rows",
  run: (store) => checkCounts(store),
});

/** The counts table against a GROUP BY of the rows. */
async function checkCounts(store: Store): Promise<CheckOutcome> {
  const wrong = await compareCounts(store);
  const findings = wrong.map((day) => ({
    date: day.date,
    symbols: [],
    message:
      `stored ${day.stored_available ?? "nothing"} of ${day.stored_probed ?? "nothing"}, ` +
      `counted ${day.counted_available ?? "nothing"} of ${day.counted_probed ?? "nothing"}`,
  }));
  return outcomeOf(
    findings,
    "the stored counts agree with the rows",
    `${findings.length} days have counts that differ from their rows`,
  );
}
