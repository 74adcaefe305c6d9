/**
 * Library of `binance-futures-availability`. Dates are UTC days, written `YYYY-MM-DD`.
 *
 * @example
 * ```ts
 * import { openAvailability, update } from "binance-futures-availability";
 *
 * await update({ db: "availability.duckdb", date: "2024-03-01" });
 * await using db = await openAvailability("availability.duckdb");
 * const { rows } = await db.snapshot({ date: "2024-03-01", quote: "USDT" });
 * ```
 *
 * @module
 */
export {
  BfaError,
  DiscoveryError,
  InterruptedError,
  NotKnownError,
  type NotKnownDetails,
  OutputError,
  StoreError,
  ThreadError,
  UsageError,
  type StoreErrorCode,
} from "./errors.js";
export { update } from "./run/update.js";
export { backfill, planBackfill } from "./run/backfill.js";
export { sweep } from "./run/sweep.js";
export { discover } from "./run/discover.js";
export {
  BOUNDS,
  COMMAND_DEFAULTS,
  DEFAULT_CONNECTIONS,
  DEFAULTS,
  type CommandDefaults,
  type RunCommand,
} from "./run/defaults.js";
export type { BackfillOptions, ProbeOptions, RunOptions, SweepOptions, UpdateOptions } from "./run/options.js";
export type { RunCounts } from "./run/counts.js";
export type { RunEvent } from "./run/events.js";
export type { RunFailure } from "./run/failure.js";
export type { RunOutcome } from "./run/outcome.js";
export type { PlannedStep, RunPlan } from "./run/plan.js";
export type { RetriedRequests } from "./run/retried.js";
export type { RunSummary, SummaryChange, SummaryCondition, SummaryDate } from "./run/summary.js";
export type { Discovery } from "./run/symbols.js";
export type { FailureKind } from "./rows/failure.js";
export {
  openAvailability,
  type Availability,
  type Method,
  type MethodOf,
  type QueryMethods,
  type SqlRows,
} from "./open-availability.js";
export type { DefinitionOf, QueryName } from "./query/registry.js";
export { openReader, openStore, type ReaderOptions, type Store, type WritableStore } from "./store/open.js";
export { importInto, type ImportedInto } from "./store/import-into.js";
export { type ImportOptions, type ImportSummary, type Refusal } from "./store/import.js";
export type { Waiting } from "./store/waiting.js";
export { exportRows, type ExportedFile, type ExportFormat, type ExportOptions } from "./query/export.js";
export { sql, type SqlAnswer } from "./query/sql.js";
export { status, type RunRow, type Status, type StatusFacts } from "./query/status.js";
export {
  validate,
  type CheckFinding,
  type CheckSummary,
  type ValidateOptions,
  type Validation,
  type ValidationFacts,
} from "./check/validate.js";
export { CHECK_NAMES, type CheckName } from "./check/registry.js";
export type { CheckOutcome, Finding } from "./check/define.js";
export type { Answer, CellValue, Column, ColumnKind, Columns, JsonValue, RowOf } from "./text/columns.js";
export { dayOf, formatDay, parseDay, type Day } from "./calendar/day.js";
export { classifySymbol, type SymbolClass, type SymbolFacts } from "./vision/symbol.js";
