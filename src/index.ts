/**
 * Library of `binance-futures-availability`. Dates are UTC days: `YYYY-MM-DD` or a `Date` in, `YYYY-MM-DD` out. Times
 * are ISO 8601 with `Z`.
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
  ExchangeError,
  type ExchangeErrorCode,
  InterruptedError,
  NotKnownError,
  OutputError,
  PublicationError,
  type PublicationErrorCode,
  StoreError,
  ThreadError,
  UsageError,
  type NotKnownDetails,
  type StoreErrorCode,
  type UsageErrorOptions,
} from "./errors.js";
export { RunFailedError } from "./run/failed-error.js";

export { update } from "./run/update.js";
export { backfill, planBackfill } from "./run/backfill.js";
export { sweep } from "./run/sweep.js";
export { volumes, VolumesFailedError, type VolumesSummary } from "./run/volumes.js";
export type { VolumeCounts, VolumeFailure, VolumesResult } from "./run/volumes-result.js";
export { discover } from "./run/discover.js";
export { contracts, type ContractsOptions, type ContractsSummary } from "./run/contracts.js";
export { importFile, type ImportOptions, type ImportSummary } from "./run/import.js";
export type {
  BackfillOptions,
  ProbeOptions,
  RunOptions,
  SweepOptions,
  UpdateOptions,
  VolumesOptions,
} from "./run/options.js";
export type { Run } from "./run/running.js";
export type { RunEvent } from "./run/events.js";
export type { RunCommand } from "./run/defaults.js";
export type { RunCounts } from "./run/counts.js";
export type { RunFailure } from "./run/failure.js";
export type { RunOutcome } from "./run/outcome.js";
export type { PlannedStep, RunPlan } from "./run/plan.js";
export type { RetriedRequests } from "./run/retried.js";
export type { RunSummary, SummaryChange, SummaryCondition, SummaryDate } from "./run/summary.js";
export type { Discovery } from "./run/symbols.js";
export type { FailureKind } from "./rows/failure.js";
export type { Source, UnitBy } from "./rows/unit.js";
export type { AnnouncedDelisting } from "./store/contracts.js";
export type { DueReason } from "./store/due.js";
export type { Refusal } from "./store/import.js";
export type { ChangeCounts, ChangeKind } from "./store/write/changes.js";
export type { DayInput } from "./calendar/day-input.js";
export type { TimeInput } from "./calendar/time.js";

export {
  openAvailability,
  type Availability,
  type FilesAnswer,
  type QueryAnswer,
  type QueryArguments,
  type QueryMethods,
  type SqlRow,
  type SqlRows,
  type StatusAnswer,
  type UniverseChangesAnswer,
  type UniverseOverAnswer,
  type UniverseOverArguments,
  type ValidationAnswer,
  type VerifyAnswer,
} from "./open-availability.js";
export type { ExportOptions, StalenessOptions, ValidateOptions } from "./availability-options.js";
export type { FileSelection, FilesOptions, VerifyOptions } from "./files-options.js";
export type { CellInput } from "./files/cells.js";
export type { DownloadFormatName } from "./files/download-formats.js";
export type { FileListFacts, FileToFetch } from "./files/list.js";
export type { FileProblem, VerificationFacts, VerifiedFile } from "./files/verify.js";
export type { ExportedFile, ExportFormat, ExportKind } from "./query/export.js";
export { universeMatrix, type UniverseMatrix } from "./query/universe-over/matrix.js";
export type { ChangeRow, MemberRow } from "./query/universe-over/rows.js";
export type { QueryName } from "./query/registry.js";
export type { RunRow, StatusCondition, StatusFacts } from "./query/status.js";
export type { CheckFinding, CheckSummary, ValidationFacts } from "./check/validate.js";
export type { CheckName } from "./check/registry.js";
export type { PublishedState } from "./publish/manifest.js";
export { publish, type Publication, type PublishOptions } from "./publish/publish.js";
export { pull, type Pulled, type PullOptions } from "./publish/pull.js";
export {
  compare,
  type ComparedCell,
  type CompareOptions,
  type Comparison,
  type ComparisonFacts,
} from "./publish/compare.js";
export type { CheckOutcome, Finding } from "./check/define.js";
export type { JsonValue } from "./text/columns.js";
export type { Condition } from "./vision/condition.js";
export { classifySymbol, type SymbolClass, type SymbolFacts } from "./vision/symbol.js";
