import { DAY_MS, dayAt } from "../calendar/day.js";
import { admittedSymbols } from "../query/admission.js";
import type { Status } from "../query/status.js";
import { answerFrom } from "../store/defects.js";
import { dueCells } from "../store/due.js";
import type { Store } from "../store/open.js";
import { plural } from "../text/numbers.js";

/** Maximum age of the last complete update, ms: a daily run may start later than the day before. */
export const DEFAULT_MAX_AGE_MS = 36 * 3_600_000;

/**
 * The reasons why a database needs attention, one line each; empty when it doesn't. Provisional cells and holes are due
 * every day by design, so they don't count. What counts are cells that no run has probed although their day ended
 * longer ago than `maxAgeMs`, and those whose probe has a time in the future.
 *
 * @param maxAgeMs maximum age of the last complete update, ms
 * @param now ms since the Unix epoch
 * @throws StoreError when the database can't be read
 */
export async function staleness(
  store: Store,
  { facts }: Pick<Status, "facts">,
  maxAgeMs: number,
  now: number,
): Promise<string[]> {
  const reasons: string[] = [];
  const { updated_at, sweep_due_at } = facts;
  if (updated_at === null) reasons.push("no update of all days has ever completed: bfa update");
  else if (now - Date.parse(updated_at) > maxAgeMs) {
    reasons.push(
      `the last complete update began ${updated_at}, ${hours(now - Date.parse(updated_at))} ago: bfa update`,
    );
  }
  const { never_probed: unknown, clock } = await answerFrom(store, () => overdue(store, maxAgeMs, now));
  if (unknown > 0) reasons.push(`${plural(unknown, "overdue cell")} never probed: bfa update`);
  if (clock > 0) reasons.push(`${plural(clock, "cell")} probed with a clock that was ahead: bfa update`);
  if (sweep_due_at !== null && now >= Date.parse(sweep_due_at)) {
    reasons.push(`a sweep has been due since ${sweep_due_at.slice(0, 10)}: bfa sweep`);
  }
  return reasons;
}

async function overdue(store: Store, maxAgeMs: number, now: number) {
  const admitted = await admittedSymbols(store, { contract: "perpetual", quote: undefined });
  const symbols = admitted.map(({ symbol }) => symbol);
  const wanted = { symbols, from: store.dataset.firstPeriod, to: dayAt(now - maxAgeMs) - 1, rest: true };
  const { counts } = await dueCells(store, wanted, now);
  return counts;
}

function hours(ms: number): string {
  return ms < 3 * DAY_MS ? plural(Math.floor(ms / 3_600_000), "hour") : plural(Math.floor(ms / DAY_MS), "day");
}
