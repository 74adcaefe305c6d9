import { formatDay } from "../calendar/day.js";
import type { Counts } from "../rows/counters.js";
import type { ConditionSpan } from "../store/conditions.js";
import type { AnnouncedDelisting, ContractCapture } from "../store/contracts.js";
import type { DueCells } from "../store/due.js";
import type { News } from "../store/news.js";
import type { WriteTotals } from "../store/write/session.js";
import type { Threads } from "../threads/threads.js";
import { writeCapture } from "./capture.js";
import { publicCounts, type RunCounts } from "./counts.js";
import { BREAKER_CELLS, PROGRESS_MS } from "./defaults.js";
import { endOnSignal, type Ending } from "./ending.js";
import type { Emit } from "./events.js";
import { fetchVolumes, wantsVolumes } from "./fetch-volumes.js";
import { describeFailure, type RunFailure } from "./failure.js";
import { journalOutcome, outcomeOf, type RunOutcome } from "./outcome.js";
import { countPlan, type Plan } from "./plan.js";
import type { Step } from "./step.js";
import type { ProbeSettings } from "./settings.js";
import { cellsByUnit, headShards, listShards } from "./shards.js";
import { volumesOutcome, type VolumesDone } from "./volumes-result.js";

/** Totals of an executed plan. */
export interface Totals {
  outcome: RunOutcome;
  counts: Counts;
  written: WriteTotals;
  /** Conditions of the last days of the run's span, for its symbols. */
  conditions: ConditionSpan[];
  news: News;
  /** Delistings that the exchange has announced. */
  announced: AnnouncedDelisting[];
  /** Cells of the run's symbols and days that are still due, by reason. */
  due: DueCells["counts"];
  /** Result of fetching volumes; undefined if none were fetched. */
  volumes: VolumesDone | undefined;
  failures: RunFailure[];
  probeMs: number;
}

/** Number of last days whose conditions a run reports: enough to see up to which day the database is final. */
const CONDITION_DAYS = 30;

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
  const { span, symbols, steps } = plan;
  const { command, signal, maxFailureRate, now } = settings;
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

  let stopped = false;
  const shouldStop = () => {
    if (stopped || signal?.aborted === true) return true;
    const { cells, failed } = counters.read();
    if (cells < BREAKER_CELLS || failed <= maxFailureRate * cells) return false;
    stopped = true;
    threads.abandon();
    return true;
  };

  using ending = endOnSignal(signal, () => {
    threads.windDown();
  });
  const failures: RunFailure[] = [];
  threads.onFailure((failed) => {
    const failure = describeFailure(failed, symbols);
    failures.push(failure);
    emit({ type: "failure", ...failure });
  });
  const reportCommits = commitReporter(emit);
  const probingAt = performance.now();
  const progress = setInterval(() => {
    const counts = publicCounts(counters.read());
    reportCommits(counts);
    emit({ type: "progress", counts, unit_count: unitCount, cell_count: cellCount });
  }, PROGRESS_MS);
  try {
    for (const step of steps) {
      if (!shouldStop()) await probeStep(step, symbols, settings, threads, { shouldStop, ending });
    }
  } finally {
    clearInterval(progress);
  }
  const probeMs = performance.now() - probingAt;
  emit({ type: "probed", counts: publicCounts(counters.read()) });

  const written = await writer.call("finish");
  reportCommits({ units_written: written.unitsWritten, rows_written: written.rowsWritten });
  // Stopped by failures or by the signal: write what there is, and begin nothing more.
  const volumes =
    fetchesVolumes && !shouldStop()
      ? await fetchVolumes(symbols, { now, signal, acceptUnverified: false }, threads, emit)
      : undefined;
  threads.endProbers();
  const captured = await Promise.race([capture, writer.failed]);
  if (captured !== undefined) await writeCapture(writer, captured, emit);
  const announced = await writer.call("announcedDelistings", Date.now());
  const recent = { from: Math.max(span.from, span.to - CONDITION_DAYS + 1), to: span.to };
  const conditions = await writer.call("conditions", { symbols, ...recent, now: Date.now() });
  const news = await writer.call("news", Date.now());
  const { counts: due } = await writer.call("due", { symbols, ...span, rest: false }, Date.now());
  const counts = counters.read();
  const { cells: probes, available, missing, failed, replays, retries, connectionsOpened, filesFetched } = counts;
  const volumeFailures = volumes?.failures.length ?? 0;
  const aborted = signal?.aborted === true;
  const volumesEnd =
    volumes === undefined ? (fetchesVolumes ? "interrupted" : "nothing-to-do") : volumesOutcome(volumes);
  const outcome = outcomeOf({ aborted, stopped, cellCount, probes, failed, volumes: volumesEnd });
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
  return { outcome, counts, written, conditions, news, announced, due, volumes, failures, probeMs };
}

/** Emits `committed` when the counts of written units have grown since the last time. */
function commitReporter(emit: Emit): (counts: Pick<RunCounts, "units_written" | "rows_written">) => void {
  let reported = 0;
  return ({ units_written, rows_written }) => {
    if (units_written <= reported) return;
    reported = units_written;
    emit({ type: "committed", units_written, rows_written });
  };
}

/** What ends probing early. */
interface Limits {
  shouldStop: () => boolean;
  ending: Ending;
}

/** Probes the cells of a step and waits until the writer has received every answer. */
async function probeStep(
  { cells, by, source, costs }: Step,
  symbols: readonly string[],
  settings: ProbeSettings,
  threads: Threads,
  { shouldStop, ending }: Limits,
): Promise<void> {
  const { writer } = threads;
  const pool = await threads.probers();
  await writer.call("beginStep", { by, source, expected: cellsByUnit(cells, by) });
  const parallel =
    source === "head" ? pool.parallelHeads() : pool.parallelLists(costs.list.bytes / costs.list.requests);
  const shards = source === "head" ? headShards(cells, settings.threads) : listShards(cells, parallel);
  let answered = 0;
  const probing = pool.runShards(shards, symbols, parallel, shouldStop, ({ cellCount }) => {
    answered += cellCount;
  });
  // If the file can't be written any more, there is no point in continuing.
  await Promise.race([probing, writer.failed, ending.over]);
  await Promise.race([writer.call("endStep", answered), writer.failed]);
}
