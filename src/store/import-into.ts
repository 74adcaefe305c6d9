import { changeFile } from "./change-file.js";
import { importFile, type ImportOptions, type ImportSummary } from "./import.js";
import type { Waiting } from "./waiting.js";

/** What {@link importInto} did. */
export interface ImportedInto extends ImportSummary {
  /** What the user should know of the file, in words. */
  notices: string[];
}

/**
 * Takes over the rows of another DuckDB file into a database, which is made when it isn't there and published when the
 * import is whole. Nothing is left of an import that fails.
 *
 * @param file path of the database
 * @param other path of the other file, which is only read
 * @throws UsageError, StoreError, InterruptedError as `importFile`
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
