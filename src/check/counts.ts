import type { Store } from "../store/open.js";
import { compareCounts } from "./compare-counts.js";
import { resultOf, type CheckResult } from "./define.js";

/** The counts table against a GROUP BY of the rows. */
export async function checkCounts(store: Store): Promise<CheckResult> {
  const wrong = await compareCounts(store);
  const findings = wrong.map((day) => ({
    date: day.date,
    message:
      `stored ${day.stored_available ?? "nothing"} of ${day.stored_probed ?? "nothing"}, ` +
      `counted ${day.counted_available ?? "nothing"} of ${day.counted_probed ?? "nothing"}`,
  }));
  return resultOf(
    "counts",
    findings,
    "the stored counts agree with the rows",
    `${findings.length} days have other counts than their rows`,
  );
}
