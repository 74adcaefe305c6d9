import { formatDay } from "../calendar/day.js";
import type { Span } from "../calendar/span.js";
import { InterruptedError } from "../errors.js";
import type { Threads } from "../threads/threads.js";
import type { Source, UnitBy } from "../rows/unit.js";
import type { StoreFacts } from "../store/writer.js";
import type { RunCommand } from "./defaults.js";
import type { Emit } from "./events.js";
import type { ProbeSettings } from "./settings.js";
import type { Cells } from "./shards.js";
import { resolveSymbols } from "./symbols.js";

/** What probing some cells would cost. */
export interface Cost {
  requests: number;
  /** Of requests and answers, roughly. */
  bytes: number;
}

/** Cells that are probed and written in one way. */
export interface Step {
  cells: Cells;
  /** What one transaction writes. */
  by: UnitBy;
  source: Source;
  cellCount: number;
  unitCount: number;
  /** What either source would cost. */
  costs: { head: Cost; list: Cost };
  /** Why this source, in words. */
  reason: string;
}

/** What a run is going to do: its steps one after the other, each with at least one cell. */
export interface Plan {
  span: Span;
  symbols: readonly string[];
  steps: readonly Step[];
}

/** A command that probes cells. */
export interface Command<S extends ProbeSettings> {
  readonly name: RunCommand;
  /** The days to look at, from the settings and what the file knows. */
  span(settings: S, facts: StoreFacts): Span;
  /** Something the user should know of these days before they are probed. */
  notice?(settings: S, span: Span): string | undefined;
  /**
   * The steps to take, those without cells included.
   *
   * @param gaps the due cells of the file, one list of spans for each symbol
   */
  steps(settings: S, span: Span, symbols: readonly string[], gaps: () => Promise<Span[][]>): Promise<Step[]>;
}

/**
 * Decides what a command does. When the signal comes before the symbols are known, the plan is empty.
 *
 * @throws DiscoveryError, UsageError, StoreError, ThreadError
 */
export async function makePlan<S extends ProbeSettings>(
  command: Command<S>,
  settings: S,
  threads: Threads,
  emit: Emit,
): Promise<Plan> {
  const span = command.span(settings, threads.facts);
  const message = command.notice?.(settings, span);
  if (message !== undefined) emit({ type: "notice", message });
  try {
    const symbols = await resolveSymbols(settings, threads, emit);
    const steps = await command.steps(settings, span, symbols, () => threads.writer.call("gaps", { symbols, ...span }));
    return { span, symbols, steps: steps.filter(({ cellCount }) => cellCount > 0) };
  } catch (error) {
    if (error instanceof InterruptedError) return { span, symbols: [], steps: [] };
    throw error;
  }
}

/** Cells and units of all steps. */
export function countPlan({ steps }: Plan): { cellCount: number; unitCount: number } {
  return {
    cellCount: steps.reduce((sum, { cellCount }) => sum + cellCount, 0),
    unitCount: steps.reduce((sum, { unitCount }) => sum + unitCount, 0),
  };
}

/** A step of a {@link RunPlan}. */
export interface PlannedStep {
  source: Source;
  /** What is written whole or not at all. */
  unit: UnitBy;
  unit_count: number;
  cell_count: number;
  head_requests: number;
  /** Bytes of requests and answers, roughly. */
  head_bytes: number;
  list_requests: number;
  list_bytes: number;
  /** Why this source, in words. */
  reason: string;
}

/** A run that was planned and not made. Dates as YYYY-MM-DD. */
export interface RunPlan {
  command: RunCommand;
  from: string;
  to: string;
  symbol_count: number;
  unit_count: number;
  cell_count: number;
  /** None when there is nothing to do. */
  steps: PlannedStep[];
}

/** A plan as it is shown. */
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
