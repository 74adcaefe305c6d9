import { checkListener, checkText } from "../options/checks.js";
import { optional, readOptions, type ChecksOf } from "../options/read-options.js";
import { importInto } from "../store/import-into.js";
import type { Refusal } from "../store/import.js";
import { RUN_CHECKS } from "./settings.js";

/** Options of {@link importFile}. */
export interface ImportOptions {
  /** Path of the database, which is created if it doesn't exist. */
  db: string;
  /** Path of the other file, which is not changed. */
  file: string;
  /**
   * How long to wait for a database that another process is using, 0 to 86400000 ms.
   *
   * @default 0
   */
  waitMs?: number | undefined;
  /** Called with a notice when the import waits for another process. */
  onWait?: ((notice: string) => void) | undefined;
  /** Aborting it stops reading the other file. Writing that has begun is finished. */
  signal?: AbortSignal | undefined;
  /**
   * Allow rows from other servers than those that filled the database.
   *
   * @default false
   */
  adoptEndpoint?: boolean | undefined;
}

/** Result of an import. */
export interface ImportSummary {
  /** Rows in the other file; each is imported, known or refused. */
  row_count: number;
  imported_count: number;
  /** Rows whose cell the database already had; it is left unchanged. */
  known_count: number;
  /** Rows that can't be answers of the bucket. A backfill probes their cells where possible. */
  refused_count: number;
  /** The refused rows by reason. */
  refused_by: Record<Refusal, number>;
  /** Columns of the other file that are not imported. */
  ignored_columns: string[];
  /** What the user should know about the database, as text. */
  notices: string[];
}

/**
 * Imports the rows of another DuckDB file with a table or view `daily_availability`. They are published once all of
 * them are written; a failed import leaves no trace.
 *
 * @throws UsageError when the other file can't be imported, StoreError when the database can't be written,
 *   InterruptedError when the signal was aborted before anything was written
 * @example
 * ```ts
 * const { imported_count, refused_by } = await importFile({ db: "availability.duckdb", file: "seed.duckdb" });
 * ```
 */
export async function importFile(options: ImportOptions): Promise<ImportSummary> {
  const { waitMs, signal, adoptEndpoint } = RUN_CHECKS;
  const { db, file, ...given } = readOptions(options, {
    db: checkText,
    file: checkText,
    waitMs,
    onWait: optional(checkListener<string>),
    signal,
    adoptEndpoint,
  } satisfies ChecksOf<ImportOptions>);
  const result = await importInto(db, file, given);
  const { rows, imported, known, refused, refusedBy, ignoredColumns, notices } = result;
  return {
    row_count: rows,
    imported_count: imported,
    known_count: known,
    refused_count: refused,
    refused_by: refusedBy,
    ignored_columns: [...ignoredColumns],
    notices,
  };
}
