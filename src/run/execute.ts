import { formatDay } from "../calendar/day.js";
import type { Counts } from "../rows/counters.js";
import type { ContractCapture } from "../store/contracts.js";
import type { WriteTotals } from "../store/write/session.js";
import type { Threads } from "../threads/threads.js";
import { breakerOf } from "./breaker.js";
import { writeCapture } from "./capture.js";
import type { Emit } from "./events.js";
import type { RunFailure } from "./failure.js";
import { fetchVolumes, wantsVolumes } from "./fetch-volumes.js";
import { findingsOf, type Findings } from "./findings.js";
import { journalOutcome, outcomeOf, type RunOutcome } from "./outcome.js";
import { countPlan, type Plan } from "./plan.js";
import { probeSteps } from "./probe-steps.js";
import type { ProbeSettings } from "./settings.js";
import { volumesOutcome, type VolumesDone } from "./volumes-result.js";

/** Totals of an executed plan. */
export interface Totals extends Findings {
  outcome: RunOutcome;
  counts: Counts;
  written: WriteTotals;
  /** Result of fetching volumes; undefined if none were fetched. */
  volumes: VolumesDone | undefined;
  failures: RunFailure[];
  probeMs: number;
}

/**
 * Executes a plan: probes its steps one after the other while the writer commits complete units, fetches volumes if
 * wanted, and journals the run.
 *
 * @param capture a capture of the exchange's contracts in progress, if any
 * @throws StoreError, ThreadError
 */
export async function execute(
  plan: Plan,
  settings: ProbeSettings,
  threads: Threads,
  emit: Emit,
  capture: Promise<ContractCapture | undefined>,
): Promise<Totals> {
  const { span, symbols } = plan;
  const { command, signal, now } = settings;
  const { writer, counters } = threads;
  const { cellCount, unitCount } = countPlan(plan);
  const sizes = { symbol_count: symbols.length, unit_count: unitCount, cell_count: cellCount };
  const fetchesVolumes = wantsVolumes(settings, threads.facts, emit);
  emit({ type: "planned", from: formatDay(span.from), to: formatDay(span.to), ...sizes });
  await writer.call("begin", {
    run: { command, ...span, symbolCount: symbols.length, startedAt: now },
    symbols,
    counters: counters.buffer,
  });

  const breaker = breakerOf(settings, threads);
  const { failures, probeMs, reportCommits } = await probeSteps(plan, settings, threads, breaker, emit);
  const written = await writer.call("finish");
  reportCommits({ units_written: written.unitsWritten, rows_written: written.rowsWritten });
  // Stopped by failures or by the signal: write what there is, and begin nothing more.
  const volumes =
    fetchesVolumes && !breaker.shouldStop()
      ? await fetchVolumes(symbols, { now, signal, acceptUnverified: false }, threads, emit)
      : undefined;
  threads.endProbers();
  const captured = await Promise.race([capture, writer.failed]);
  if (captured !== undefined) await writeCapture(writer, captured, emit);
  const findings = await findingsOf(plan, threads);

  const counts = counters.read();
  const { cells: probes, available, missing, failed, replays, retries, connectionsOpened, filesFetched } = counts;
  const volumeFailures = volumes?.failures.length ?? 0;
  const volumesEnd =
    volumes === undefined ? (fetchesVolumes ? "interrupted" : "nothing-to-do") : volumesOutcome(volumes);
  const ended = { aborted: signal?.aborted === true, stopped: breaker.isOpen, volumes: volumesEnd };
  const outcome = outcomeOf({ ...ended, cellCount, probes, failed });
  emit({ type: "publishing" });
  const notices = await writer.call("close", {
    outcome: journalOutcome(outcome),
    // A volume file counts as a probe.
    probes: probes + filesFetched + volumeFailures,
    available: available + filesFetched,
    failed: failed + volumeFailures,
    ...{ missing, replays, retries, connectionsOpened },
    rowsWritten: written.rowsWritten + (volumes?.written.rowsWritten ?? 0),
    unitsWritten: written.unitsWritten + (volumes?.written.unitsWritten ?? 0),
    endedAt: Date.now(),
  });
  for (const message of notices) emit({ type: "notice", message });
  return { outcome, counts, written, ...findings, volumes, failures, probeMs };
}
