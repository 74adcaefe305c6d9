import { changeFile } from "./change-file.js";
import { importFile, type ImportOptions, type ImportSummary } from "./import.js";
import type { Waiting } from "./waiting.js";

/** Result of {@link importInto}. */
export interface ImportedInto extends ImportSummary {
  /** What the user should know about the file, as text. */
  notices: string[];
}

/**
 * Imports the rows of another DuckDB file into a database, which is created if necessary and published when the import
 * is complete. A failed import leaves no trace.
 *
 * @param file path of the database
 * @param other path of the other file, which is not changed
 * @throws UsageError, StoreError, InterruptedError like `importFile`
 * @example
 * ```ts
 * const { imported, refusedBy } = await importInto("availability.duckdb", "seed.duckdb");
 * ```
 */
export async function importInto(
  file: string,
  other: string,
  { waitMs = 0, onWait, ...options }: ImportOptions & Partial<Waiting> = {},
): Promise<ImportedInto> {
  const waiting = { waitMs, signal: options.signal, onWait };
  const { result, notices } = await changeFile(file, waiting, (store) => importFile(store, other, options));
  return { ...result, notices };
}
