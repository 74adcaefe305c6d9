import type { RunPlan } from "../../run/plan.js";
import { column, type Answer } from "../../text/columns.js";
import { number, plural } from "../../text/numbers.js";
import { bytes } from "../../text/sizes.js";

const STEP_COLUMNS = {
  source: column("text", "how the cells would be probed: head or list"),
  unit: column("text", "the unit that is written whole or not at all: day or symbol"),
  unit_count: column("count", "units to write"),
  cell_count: column("count", "cells to probe"),
  head_requests: column("count", "requests needed with HEAD"),
  head_bytes: column("bytes", "approximate bytes needed with HEAD"),
  list_requests: column("count", "requests needed with LIST"),
  list_bytes: column("bytes", "approximate bytes needed with LIST"),
  reason: column("text", "why this source was chosen"),
};

/** A plan as an answer, with one row per step. */
export function planAnswer({ steps, ...facts }: RunPlan): Answer<object, typeof STEP_COLUMNS> {
  return { facts, rowsName: "steps", columns: STEP_COLUMNS, rows: [steps] };
}

/** The plan as text: units, and the cost of either source. */
export function planText({ command, from, to, symbol_count: symbolCount, steps }: RunPlan): string {
  const lines = steps.flatMap((step) => [
    `  ${number(step.cell_count)} (symbol, day) pairs in ${plural(step.unit_count, "unit")}, one per ${step.unit}`,
    `    HEAD: ${plural(step.head_requests, "request")}, about ${bytes(step.head_bytes)}`,
    `    LIST: ${plural(step.list_requests, "request")}, about ${bytes(step.list_bytes)}`,
    `    chosen: ${step.source.toUpperCase()} (${step.reason})`,
  ]);
  const head = `${command} ${from} to ${to}, ${plural(symbolCount, "symbol")}`;
  return [`${head}${lines.length === 0 ? ": nothing to do, all units are complete" : ""}`, ...lines].join("\n");
}
