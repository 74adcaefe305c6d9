/**
 * Library of `binance-futures-availability`: everything that the `bfa` command can do. Dates are UTC.
 *
 * @example
 * ```ts
 * import { update, openReader, snapshot } from "binance-futures-availability";
 *
 * const summary = await update({ db: "availability.duckdb", date: "2024-03-01" });
 * const store = await openReader("availability.duckdb");
 * const there = await snapshot(store, "2024-03-01");
 * await store.close();
 * ```
 *
 * @module
 */
export * from "./errors.js";
export { update, type UpdateOptions } from "./pipeline/update.js";
export { backfill, planBackfill, type BackfillOptions } from "./pipeline/backfill.js";
export { discover, type Discovery } from "./pipeline/discover.js";
export { DEFAULT_THREADS, DEFAULTS, type RunCommand, type RunOptions } from "./pipeline/options.js";
export type { RunEvent } from "./pipeline/events.js";
export type { RunPlan } from "./pipeline/run.js";
export type { RunFailure, RunSummary } from "./pipeline/summary.js";
export type { FailureKind } from "./probe/outcome.js";
export { classifySymbol, type SymbolClass, type SymbolFacts } from "./vision/symbol.js";
