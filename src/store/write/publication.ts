import type { Day } from "../../calendar/day.js";
import { dateLiteral, dayNumber } from "../../calendar/sql.js";
import type { WholeUnit } from "../../rows/unit.js";
import type { Store } from "../open.js";
import { provisionalDays } from "./units.js";

/**
 * The days of these units that are not published yet, and so are not written: no symbol has a file on them, in the unit
 * or in the store, and they were probed too early to say that none will.
 */
export async function unpublishedDays({ connection, dataset }: Store, units: readonly WholeUnit[]): Promise<Set<Day>> {
  const empty = units.filter(
    (unit) => unit.by === "day" && !hasAvailable(unit) && provisionalDays(dataset.finality, [unit]).length > 0,
  );
  const days = new Set(empty.map((unit) => unit.key));
  if (days.size === 0) return days;
  const list = [...days].map((day) => dateLiteral(day)).join(", ");
  const published = await connection.runAndReadAll(
    `SELECT ${dayNumber("date")} FROM daily_symbol_counts WHERE available_count > 0 AND date IN (${list})`,
  );
  for (const [day] of published.getRows()) days.delete(Number(day));
  return days;
}

function hasAvailable({ rows }: WholeUnit): boolean {
  return rows.columns.status.subarray(0, rows.count).includes(200);
}
