import type { Day } from "../calendar/day.js";
import { dateText } from "../query/select.js";
import type { Store } from "../store/open.js";
import { allUnsettledDays, storedUnsettledDays, type UnsettledDay } from "../store/unsettled-days.js";
import { plural } from "../text/numbers.js";
import { compareCounts } from "./compare-counts.js";
import { defineCheck, outcomeOf, type CheckOutcome } from "./define.js";

/** `counts` */
export const counts = defineCheck({
  name: "counts",
  summary: "stored counts that differ from the rows",
  run: (store) => checkCounts(store),
});

/** Compares the counts table with a GROUP BY of the rows. */
async function checkCounts(store: Store): Promise<CheckOutcome> {
  const wrong = await compareCounts(store);
  const ofCounts = wrong.map((day) => ({
    date: day.date,
    symbols: [],
    message:
      `stored ${day.stored_available ?? "nothing"} of ${day.stored_probed ?? "nothing"}, ` +
      `counted ${day.counted_available ?? "nothing"} of ${day.counted_probed ?? "nothing"}`,
  }));
  const findings = [...ofCounts, ...(await compareUnsettledDays(store))];
  return outcomeOf(
    findings,
    "the stored counts agree with the rows",
    `the stored counts of ${plural(findings.length, "day")} differ from the rows`,
  );
}

/** The days whose stored numbers of unsettled rows differ from the rows. */
async function compareUnsettledDays(store: Store) {
  const kept = await storedUnsettledDays(store);
  if (kept === undefined) return [];
  const [stored, counted] = [textsByDay(kept), textsByDay(await allUnsettledDays(store))];
  const days = [...new Set([...stored.keys(), ...counted.keys()])].sort((a, b) => a - b);
  return days
    .filter((day) => stored.get(day) !== counted.get(day))
    .map((day) => ({
      date: dateText(day),
      symbols: [],
      message: `stored ${stored.get(day) ?? "nothing due"}, counted ${counted.get(day) ?? "nothing due"}`,
    }));
}

function textsByDay(days: readonly UnsettledDay[]): Map<Day, string> {
  return new Map(days.map(({ day, due, early }) => [day, `${due} due and ${early} early`]));
}
