import { checkListener, checkSignal, checkText, checkWhole } from "../options/checks.js";
import { optional, readOptions, withDefault, type ChecksOf } from "../options/read-options.js";
import { importInto } from "../store/import-into.js";
import type { Refusal } from "../store/import.js";
import { BOUNDS, DEFAULTS } from "./defaults.js";

/** Options of {@link importFile}. */
export interface ImportOptions {
  /** Path of the database; made when it isn't there. */
  db: string;
  /** Path of the other file, which is only read. */
  file: string;
  /**
   * How long to wait for a database that another process has, 0 to 86400000 ms.
   *
   * @default 0
   */
  waitMs?: number | undefined;
  /** Is told, in words, when the import waits for another process. */
  onWait?: ((notice: string) => void) | undefined;
  /** Aborting it ends the reading of the other file. What is being written by then is finished. */
  signal?: AbortSignal | undefined;
}

/** What an import did with the rows of the other file. */
export interface ImportSummary {
  /** Rows of the other file; each is imported, known or refused. */
  row_count: number;
  imported_count: number;
  /** Rows whose cell the database had already; it stays as it is. */
  known_count: number;
  /** Rows that are not an answer of the bucket. A backfill probes those cells that can be probed. */
  refused_count: number;
  /** The refused rows by reason. */
  refused_by: Record<Refusal, number>;
  /** Columns of the other file that are not taken over. */
  ignored_columns: string[];
  /** What the user should know of the database, in words. */
  notices: string[];
}

/**
 * Takes over the rows of another DuckDB file that has a table or view `daily_availability`. They are published when all
 * of them are written; nothing is left of an import that fails.
 *
 * @throws UsageError when the other file can't be taken over, StoreError when the database can't be written,
 *   InterruptedError when the signal came before anything was written
 * @example
 * ```ts
 * const { imported_count, refused_by } = await importFile({ db: "availability.duckdb", file: "seed.duckdb" });
 * ```
 */
export async function importFile(options: ImportOptions): Promise<ImportSummary> {
  const { db, file, ...given } = readOptions(options, {
    db: checkText,
    file: checkText,
    waitMs: withDefault(checkWhole(BOUNDS.waitMs), DEFAULTS.waitMs),
    onWait: optional(checkListener<string>),
    signal: optional(checkSignal),
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
