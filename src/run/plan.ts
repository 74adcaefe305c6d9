import { formatDay } from "../calendar/day.js";
import type { Span } from "../calendar/span.js";
import type { Threads } from "../threads/threads.js";
import type { Source, UnitBy } from "../rows/unit.js";
import type { RunCommand } from "./defaults.js";
import type { Emit } from "./events.js";
import type { ProbeSettings } from "./settings.js";
import { planSteps } from "./source.js";
import type { Step } from "./step.js";
import { resolveSymbols } from "./symbols.js";

/** What a run will do: its steps in order, each with at least one cell. */
export interface Plan {
  span: Span;
  symbols: readonly string[];
  steps: readonly Step[];
}

/** A command that probes cells. */
export interface Command<S extends ProbeSettings> {
  readonly name: RunCommand;
  /** Which cells it probes: all, or those that are due, with or without those of dormant symbols. */
  cells(settings: S): "all" | "due" | "due-except-dormant";
}

/**
 * Decides what a command does. If the signal is aborted before the symbols are known, the plan is empty.
 *
 * @throws DiscoveryError, UsageError, StoreError, ThreadError
 */
export async function makePlan<S extends ProbeSettings>(
  command: Command<S>,
  settings: S,
  threads: Threads,
  emit: Emit,
): Promise<Plan> {
  const { span } = settings;
  const symbols = await resolveSymbols(settings, threads, emit);
  const which = command.cells(settings);
  const wanted = { symbols, ...span, rest: which === "due-except-dormant" };
  const cells =
    which === "all" ? symbols.map(() => [span]) : (await threads.writer.call("due", wanted, settings.now)).spans;
  return { span, symbols, steps: planSteps(settings, cells) };
}

/** Number of cells and units in all steps. */
export function countPlan({ steps }: Plan): { cellCount: number; unitCount: number } {
  return {
    cellCount: steps.reduce((sum, { cellCount }) => sum + cellCount, 0),
    unitCount: steps.reduce((sum, { unitCount }) => sum + unitCount, 0),
  };
}

/** A step of a {@link RunPlan}. */
export interface PlannedStep {
  source: Source;
  /** The kind of unit that is written whole or not at all. */
  unit: UnitBy;
  unit_count: number;
  cell_count: number;
  head_requests: number;
  /** Approximate bytes of requests and answers. */
  head_bytes: number;
  list_requests: number;
  list_bytes: number;
  /** Why this source was chosen, as text. */
  reason: string;
}

/** What a run would do. Dates as YYYY-MM-DD. */
export interface RunPlan {
  command: RunCommand;
  from: string;
  to: string;
  symbol_count: number;
  unit_count: number;
  cell_count: number;
  /** Empty if there is nothing to do. */
  steps: PlannedStep[];
}

/** The public form of a plan. */
export function describePlan(command: RunCommand, plan: Plan): RunPlan {
  const { cellCount, unitCount } = countPlan(plan);
  return {
    command,
    from: formatDay(plan.span.from),
    to: formatDay(plan.span.to),
    symbol_count: plan.symbols.length,
    unit_count: unitCount,
    cell_count: cellCount,
    steps: plan.steps.map((step) => ({
      source: step.source,
      unit: step.by,
      unit_count: step.unitCount,
      cell_count: step.cellCount,
      head_requests: step.costs.head.requests,
      head_bytes: step.costs.head.bytes,
      list_requests: step.costs.list.requests,
      list_bytes: step.costs.list.bytes,
      reason: step.reason,
    })),
  };
}
