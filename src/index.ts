/**
 * Library of `binance-futures-availability`: everything that the `bfa` command can do. Dates are UTC: options take
 * YYYY-MM-DD, queries a {@link Day} as `dayOf` gives it.
 *
 * @example
 * ```ts
 * import { dayOf, openReader, snapshot, update } from "binance-futures-availability";
 *
 * const summary = await update({ db: "availability.duckdb", date: "2024-03-01" });
 * const store = await openReader("availability.duckdb");
 * const there = await snapshot(store, dayOf("2024-03-01"));
 * await store.close();
 * ```
 *
 * @module
 */
export * from "./errors.js";
export { update } from "./run/update.js";
export { backfill, planBackfill } from "./run/backfill.js";
export { discover } from "./run/discover.js";
export {
  BOUNDS,
  COMMAND_DEFAULTS,
  DEFAULT_CONNECTIONS,
  DEFAULTS,
  type CommandDefaults,
  type RunCommand,
} from "./run/defaults.js";
export type { BackfillOptions, ProbeOptions, RunOptions, UpdateOptions } from "./run/options.js";
export type { RunCounts } from "./run/counts.js";
export type { RunEvent } from "./run/events.js";
export type { RunFailure } from "./run/failure.js";
export type { RunOutcome } from "./run/outcome.js";
export type { PlannedStep, RunPlan } from "./run/plan.js";
export type { RunSummary } from "./run/summary.js";
export type { Discovery } from "./run/symbols.js";
export type { FailureKind } from "./rows/failure.js";
export { openReader, openStore, type Store } from "./store/open.js";
export { importFile, type ImportSummary } from "./store/import.js";
export * from "./query/counts.js";
export * from "./query/listings.js";
export * from "./query/export.js";
export * from "./query/range.js";
export * from "./query/replaced.js";
export * from "./query/snapshot.js";
export * from "./query/sql.js";
export * from "./query/status.js";
export * from "./query/timeline.js";
export * from "./query/universe.js";
export { validate, type ValidateOptions } from "./check/validate.js";
export type { CheckName, CheckResult, Finding } from "./check/define.js";
export { dayOf, formatDay, parseDay, type Day } from "./calendar/day.js";
export { classifySymbol, type SymbolClass, type SymbolFacts } from "./vision/symbol.js";
