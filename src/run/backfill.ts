import { clip, type Span } from "../calendar/span.js";
import { InterruptedError } from "../errors.js";
import { lastFinalDay } from "../vision/finality.js";
import type { BackfillOptions } from "./options.js";
import { describePlan, makePlan, type Command, type RunPlan } from "./plan.js";
import { run, withThreads } from "./run.js";
import { backfillSettings, type BackfillSettings } from "./settings.js";
import type { Cells } from "./shards.js";
import { planStep } from "./source.js";
import type { RunSummary } from "./summary.js";

/** The due cells of a range of days. */
export const BACKFILL: Command<BackfillSettings> = {
  name: "backfill",
  span: ({ span }) => span,
  async steps(settings, span, symbols, gaps) {
    const cells = settings.refresh ? symbols.map(() => [span]) : await gaps();
    // What is final is listed by symbol. Days that may still change are written by day, as an update does, since only a
    // whole day shows whether it is published.
    const lastFinal = lastFinalDay(settings.dataset.finality, settings.now);
    const final = clipAll(cells, { from: span.from, to: lastFinal });
    const provisional = clipAll(cells, { from: lastFinal + 1, to: span.to });
    return [planStep(settings, final, "symbol"), planStep(settings, provisional, "day")];
  },
};

/**
 * Fills a range of days for every symbol: what is whole and final already is left alone, so that it can be interrupted,
 * killed and run again until nothing is missing.
 *
 * Failed probes don't throw: look at `outcome` and `failures` of the summary.
 *
 * @example
 * ```ts
 * const summary = await backfill({ db: "availability.duckdb", from: "2024-01-01", to: "2024-12-31" });
 * ```
 *
 * @throws StoreError, DiscoveryError, ThreadError, UsageError
 */
export async function backfill(options: BackfillOptions): Promise<RunSummary> {
  return await run(BACKFILL, backfillSettings(options, Date.now()));
}

/**
 * What {@link backfill} would do with the same options: the file is opened and the bucket may be listed for symbols,
 * but nothing is probed.
 *
 * @example
 * ```ts
 * const { steps } = await planBackfill({ db: "availability.duckdb", from: "2024-01-01" });
 * ```
 *
 * @throws StoreError, DiscoveryError, ThreadError, UsageError, InterruptedError
 */
export async function planBackfill(options: BackfillOptions): Promise<RunPlan> {
  const settings = backfillSettings(options, Date.now());
  return await withThreads(settings, async (threads, emit) => {
    const plan = await makePlan(BACKFILL, settings, threads, emit);
    if (settings.signal?.aborted === true) throw new InterruptedError("interrupted before the plan was made");
    return describePlan(BACKFILL.name, plan);
  });
}

function clipAll(cells: Cells, within: Span): Cells {
  return cells.map((spans) => clip(spans, within));
}
