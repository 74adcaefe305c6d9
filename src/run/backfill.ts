import { UsageError } from "../errors.js";
import { dayAt, parseDay, type Day } from "../calendar/day.js";
import { clip, type Span } from "../calendar/span.js";
import { lastFinalDay } from "../vision/finality.js";
import type { RunOptions } from "./options.js";
import { planPart } from "./source.js";
import { planOnly, run, type RunPlan, type RunSession, type RunTarget } from "./run.js";
import type { Cells } from "./shards.js";
import { resolveSymbols } from "./symbols.js";
import type { RunSummary } from "./summary.js";

/** Options of {@link backfill}. */
export interface BackfillOptions extends RunOptions {
  /** First day (YYYY-MM-DD). Default: 2019-12-31, the first with any file. */
  from?: string;
  /** Last day (YYYY-MM-DD). Default: yesterday (UTC). */
  to?: string;
  /** Probe again what is whole and final. Default: false. */
  refresh?: boolean;
}

/**
 * Fills a range of days for every symbol: what is whole and final already is left alone, so that it can be interrupted,
 * killed and run again until nothing is missing.
 *
 * @throws StoreError, DiscoveryError, ThreadError, UsageError
 */
export function backfill(options: BackfillOptions): Promise<RunSummary> {
  return run("backfill", options, (session) => target(session, options));
}

/**
 * What {@link backfill} would do with the same options: the file is opened and the bucket may be listed for symbols,
 * but nothing is probed.
 *
 * @throws StoreError, DiscoveryError, ThreadError, UsageError
 */
export function planBackfill(options: BackfillOptions): Promise<RunPlan> {
  return planOnly("backfill", options, (session) => target(session, options));
}

async function target(session: RunSession, options: BackfillOptions): Promise<RunTarget> {
  const now = Date.now();
  const { dataset } = session;
  const from = dateOption("from", options.from, dataset.firstPeriod);
  const to = dateOption("to", options.to, dayAt(now) - 1);
  if (from > to) throw new UsageError("--from is after --to");
  const symbols = await resolveSymbols(session);
  const cells =
    options.refresh === true
      ? symbols.map(() => [{ from, to }])
      : await session.writer.call("gaps", { symbols, from, to });
  // What is final is listed by symbol. Days that may still change are written by day, as an update does, since only a
  // whole day shows whether it is published.
  const lastFinal = lastFinalDay(dataset.finality, now);
  const final = clipAll(cells, { from, to: lastFinal });
  const provisional = clipAll(cells, { from: lastFinal + 1, to });
  return { from, to, symbols, parts: [planPart(session, final, "symbol"), planPart(session, provisional, "day")] };
}

function dateOption(name: string, text: string | undefined, otherwise: Day): Day {
  const day = text === undefined ? otherwise : parseDay(text);
  if (day === undefined) throw new UsageError(`--${name}: ${String(text)} is not a date; write YYYY-MM-DD`);
  return day;
}

function clipAll(cells: Cells, within: Span): Cells {
  return cells.map((spans) => clip(spans, within));
}
