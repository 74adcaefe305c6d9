import type { Threads } from "../threads/threads.js";
import type { Breaker } from "./breaker.js";
import { publicCounts, type RunCounts } from "./counts.js";
import { PROGRESS_MS } from "./defaults.js";
import { endOnSignal, type Ending } from "./ending.js";
import type { Emit } from "./events.js";
import { describeFailure, type RunFailure } from "./failure.js";
import { countPlan, type Plan } from "./plan.js";
import type { ProbeSettings } from "./settings.js";
import { cellsByUnit, headShards, listShards } from "./shards.js";
import type { Step } from "./step.js";

/** Result of probing the cells of a plan. */
export interface Probed {
  failures: RunFailure[];
  probeMs: number;
  /** Emits `committed` when the counts of written units have grown since the last time. */
  reportCommits: (counts: Pick<RunCounts, "units_written" | "rows_written">) => void;
}

/**
 * Probes the steps of a plan one after the other, while the writer commits complete units, and emits what happens.
 *
 * @throws StoreError, ThreadError
 */
export async function probeSteps(
  plan: Plan,
  settings: ProbeSettings,
  threads: Threads,
  breaker: Breaker,
  emit: Emit,
): Promise<Probed> {
  const { symbols, steps } = plan;
  const { counters } = threads;
  const { cellCount, unitCount } = countPlan(plan);
  using ending = endOnSignal(settings.signal, () => {
    threads.windDown();
  });
  const failures: RunFailure[] = [];
  threads.onFailure((failed) => {
    const failure = describeFailure(failed, symbols);
    failures.push(failure);
    breaker.fail(failed.symbolIndex);
    emit({ type: "failure", ...failure });
  });
  const reportCommits = commitReporter(emit);
  const startedAt = performance.now();
  const progress = setInterval(() => {
    const counts = publicCounts(counters.read());
    reportCommits(counts);
    emit({ type: "progress", counts, unit_count: unitCount, cell_count: cellCount });
  }, PROGRESS_MS);
  try {
    for (const step of steps) {
      if (!breaker.shouldStop()) await probeStep(step, symbols, settings, threads, breaker, ending);
    }
  } finally {
    clearInterval(progress);
  }
  const probeMs = performance.now() - startedAt;
  emit({ type: "probed", counts: publicCounts(counters.read()) });
  return { failures, probeMs, reportCommits };
}

function commitReporter(emit: Emit): Probed["reportCommits"] {
  let reported = 0;
  return ({ units_written, rows_written }) => {
    if (units_written <= reported) return;
    reported = units_written;
    emit({ type: "committed", units_written, rows_written });
  };
}

/** Probes the cells of a step and waits until the writer has received every answer. */
async function probeStep(
  step: Step,
  symbols: readonly string[],
  settings: ProbeSettings,
  threads: Threads,
  breaker: Breaker,
  ending: Ending,
): Promise<void> {
  const { cells, by, source, costs } = step;
  const { writer } = threads;
  breaker.begin(step);
  const pool = await threads.probers();
  await writer.call("beginStep", { by, source, expected: cellsByUnit(cells, by) });
  const parallel =
    source === "head" ? pool.parallelHeads() : pool.parallelLists(costs.list.bytes / costs.list.requests);
  const shards = source === "head" ? headShards(cells, settings.threads) : listShards(cells, parallel);
  let answered = 0;
  const probing = pool.runShards(
    shards,
    symbols,
    parallel,
    () => breaker.shouldStop(),
    ({ cellCount }) => {
      answered += cellCount;
    },
  );
  // If the file can't be written any more, there is no point in continuing.
  await Promise.race([probing, writer.failed, ending.over]);
  await Promise.race([writer.call("endStep", answered), writer.failed]);
}
