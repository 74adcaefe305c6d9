import { UsageError } from "../errors.js";
import type { Span } from "../calendar/span.js";
import { dayAt, formatDay, parseDay, type Day } from "../calendar/day.js";
import type { RunOptions } from "./options.js";
import { planPart } from "./source.js";
import { run, type RunSession, type RunTarget } from "./run.js";
import { resolveSymbols } from "./symbols.js";
import type { RunSummary } from "./summary.js";

/** Options of {@link update}. */
export interface UpdateOptions extends RunOptions {
  /** The one day to probe (YYYY-MM-DD), or the last of `lookback` days. Default: what is not final yet. */
  date?: string;
  /** Number of days up to `date`, or to yesterday. */
  lookback?: number;
}

/** Days that an update of an empty file takes. */
const FIRST_DAYS = 3;
/** Days behind from which a backfill is the better way. */
const LONG_BEHIND_DAYS = 31;

/**
 * Brings the file up to date: probes every day after the last final one up to yesterday (UTC), or the days that the
 * options choose, for every symbol, and writes each day whole with its counts.
 *
 * @throws StoreError, DiscoveryError, ThreadError, UsageError
 */
export function update(options: UpdateOptions): Promise<RunSummary> {
  return run("update", options, (session) => planUpdate(session, options));
}

async function planUpdate(session: RunSession, options: UpdateOptions): Promise<RunTarget> {
  const { from, to } = chooseDays(options, session.facts.lastFinalDay, dayAt(Date.now()) - 1);
  const days = to - from + 1;
  if (days > LONG_BEHIND_DAYS && options.lookback === undefined) {
    const message = `the file is ${days} days behind: "bfa backfill --from ${formatDay(from)}" can be interrupted and resumed`;
    options.onEvent?.({ type: "notice", message });
  }
  const symbols = await resolveSymbols(session);
  const cells = symbols.map(() => [{ from, to }]);
  return { from, to, symbols, parts: [planPart(session, cells, "day")] };
}

/** The days of an update, from what the user asked for and what the file holds. */
export function chooseDays(
  { date, lookback }: Pick<UpdateOptions, "date" | "lookback">,
  lastFinal: Day | undefined,
  yesterday: Day,
): Span {
  const to = date === undefined ? yesterday : parseDay(date);
  if (to === undefined) throw new UsageError(`not a date: ${String(date)} (use YYYY-MM-DD)`);
  if (lookback !== undefined) return { from: to - lookback + 1, to };
  if (date !== undefined) return { from: to, to };
  return { from: lastFinal === undefined ? to - FIRST_DAYS + 1 : lastFinal + 1, to };
}
