import { existsSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { dayAt, formatDay, type Day } from "../calendar/day.js";
import { EVER } from "../calendar/span.js";
import { BfaError, StoreError, UsageError } from "../errors.js";
import { orderedSpan } from "../options/checks.js";
import { pathOf } from "../store/file.js";
import { textLiteral } from "../store/instance.js";
import { openReader, type Store } from "../store/open.js";
import { outputError } from "../store/output-error.js";
import { storedSymbols } from "../store/stored-symbols.js";
import { writeFileWhole } from "../store/write-whole.js";
import { classifySymbol, isSymbol } from "../vision/symbol.js";
import { rankingsSql } from "./rankings.js";
import { symbolRefusal } from "./refusal.js";

/** COPY's options for the formats. Row groups have half of DuckDB's default size: each is in memory until written. */
const FORMATS = {
  parquet: "FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 61440",
  csv: "FORMAT csv, HEADER",
} as const;

/**
 * Sorting beyond this limit spills to disk. For 2 million rows as CSV, two threads spilled so much more that they took
 * 2.7 times the CPU time of one, and 65 MiB more.
 */
const MEMORY = { memory_limit: "96MB", threads: "1" } as const;

/** Formats of an export. */
export type ExportFormat = keyof typeof FORMATS;

/** The names of all formats. */
export const EXPORT_FORMATS = Object.keys(FORMATS) as readonly ExportFormat[];

/** What can be exported. */
export const EXPORTS = ["rows", "rankings"] as const;

/** What an export writes: `rows`, the table of cells, or `rankings`, each day's symbols by volume. */
export type ExportKind = (typeof EXPORTS)[number];

/** Options of {@link exportRows}. */
export interface ExportOptions {
  /**
   * `rows` for those of `daily_availability`, `rankings` for each symbol's daily rank by quote volume.
   *
   * @default "rows"
   */
  what?: ExportKind | undefined;
  format: ExportFormat;
  /** Path of the file to write; an existing file is replaced. */
  out: string;
  /**
   * First day.
   *
   * @default the first in the database
   */
  from?: Day | undefined;
  /**
   * Last day. Days that haven't ended are left out of the rows.
   *
   * @default the last in the database
   */
  to?: Day | undefined;
  /**
   * Only these symbols.
   *
   * @default all
   */
  symbols?: readonly string[] | undefined;
  /**
   * Only symbols with this quote asset; rankings rank only these.
   *
   * @default all; "USDT" for rankings
   */
  quote?: string | undefined;
}

/** A file written by an export. */
export interface ExportedFile {
  file: string;
  format: ExportFormat;
  row_count: number;
  bytes: number;
}

/**
 * Writes `daily_availability`, with all eight columns by date and symbol, or the rankings to a file, which appears
 * under its name once it is complete. DuckDB may access only that path.
 *
 * @throws StoreError when the database can't be read; OutputError or UsageError when the file can't be written;
 * UsageError when none of the requested symbols has the quote asset; NotKnownError when one of them is not in the
 * database, or rankings rest on unknown days or volumes.
 */
export async function exportRows(file: string, options: ExportOptions): Promise<ExportedFile> {
  const { format, out, from, to } = options;
  if (from !== undefined && to !== undefined) orderedSpan(from, to);
  const target = resolve(out);
  if ([pathOf(file), `${pathOf(file)}.wal`].includes(pathOf(target))) {
    throw new UsageError(`${out} is the database itself: name another file`);
  }
  // The rename below would replace a device or a pipe with a regular file.
  if (existsSync(target) && !statSync(target).isFile()) {
    throw new UsageError(`${out} exists and is not a regular file`);
  }
  const row_count = await writeFileWhole(target, (path) => writeRows(file, path, options));
  return { file: out, format, row_count, bytes: statSync(target).size };
}

/** Writes the rows to a path that doesn't exist yet, and returns their number. */
async function writeRows(file: string, path: string, options: ExportOptions): Promise<number> {
  const { format, out, what } = options;
  const settings = { ...MEMORY, temp_directory: join(dirname(path), "spill") };
  const store = await openReader(file, { settings, output: path });
  try {
    await refuseUnknownSymbols(store, options.symbols ?? []);
    const rows = await (what === "rankings" ? rankingsSql(store, options, Date.now()) : rowsSql(store, options));
    const written = await store.connection.runAndReadAll(
      `COPY (${rows}) TO ${textLiteral(path)} (${FORMATS[format]}, USE_TMP_FILE false)`,
    );
    return Number(written.getRows()[0]?.[0] ?? 0);
  } catch (error) {
    throw error instanceof BfaError ? error : outputError(out, error);
  } finally {
    await store.close();
  }
}

async function rowsSql(store: Store, options: ExportOptions): Promise<string> {
  return `SELECT * FROM daily_availability WHERE ${await condition(store, options)} ORDER BY date, symbol`;
}

async function refuseUnknownSymbols(store: Store, symbols: readonly string[]): Promise<void> {
  if (symbols.length === 0) return;
  const stored = await storedSymbols(store);
  const unknown = symbols.find((symbol) => !stored.includes(symbol));
  if (unknown !== undefined) throw symbolRefusal(unknown, stored);
}

/** SQL: the condition for the requested rows. */
async function condition(store: Store, { format, from, to, symbols, quote }: ExportOptions): Promise<string> {
  const last = Math.min(to ?? EVER.to, dayAt(Date.now()) - 1);
  const days = `date BETWEEN DATE '${formatDay(from ?? EVER.from)}' AND DATE '${formatDay(last)}'`;
  const isWhole = symbols === undefined && quote === undefined;
  if (isWhole && format !== "csv") return days;
  const stored = await storedSymbols(store);
  if (format === "csv") refuseOtherNames(store.file, stored);
  if (isWhole) return days;
  const wanted = stored
    .filter((symbol) => symbols?.includes(symbol) !== false)
    .filter((symbol) => quote === undefined || classifySymbol(symbol).quote === quote);
  if (wanted.length === 0) {
    const asked = [symbols?.join(", "), quote === undefined ? undefined : `quoted in ${quote}`];
    throw new UsageError(`no symbol in the database is ${asked.filter((some) => some !== undefined).join(", ")}`, {
      option: symbols === undefined ? "quote" : "symbols",
    });
  }
  return `${days} AND symbol IN (${wanted.map(textLiteral).join(", ")})`;
}

/**
 * CSV files are opened in spreadsheets and shown on terminals, so no name may act as a command there. No probe or
 * import stores such a name, but a database made by others may contain any.
 */
function refuseOtherNames(file: string, names: readonly string[]): void {
  const other = names.find((name) => !isSymbol(name));
  if (other === undefined) return;
  throw new StoreError("STORE_FOREIGN", `${JSON.stringify(other)} in ${file} can't be a symbol: export it as parquet`);
}
