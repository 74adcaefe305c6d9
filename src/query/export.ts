import { existsSync, renameSync, rmSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { formatDay, type Day } from "../calendar/day.js";
import { BfaError, UsageError } from "../errors.js";
import { pathOf } from "../store/file.js";
import { openReader, type Store } from "../store/open.js";
import { classifySymbol } from "../vision/symbol.js";

/** Before and after every day that can be stored. */
const [FIRST_DAY, LAST_DAY] = [0, 100_000];

/**
 * How COPY names the formats. CSV needs no guard against formulas: a symbol that was probed or imported is letters,
 * digits and underscores, and the other columns are dates, numbers and URLs.
 */
const FORMATS = { parquet: "FORMAT parquet, COMPRESSION zstd", csv: "FORMAT csv, HEADER" } as const;

/** Formats of an export. */
export type ExportFormat = keyof typeof FORMATS;

/** Their names. */
export const EXPORT_FORMATS = Object.keys(FORMATS) as readonly ExportFormat[];

/** Options of {@link exportRows}. */
export interface ExportOptions {
  format: ExportFormat;
  /** File to write; one that exists is replaced. */
  out: string;
  /**
   * First day.
   *
   * @default the first in the file
   */
  from?: Day | undefined;
  /**
   * Last day.
   *
   * @default the last in the file
   */
  to?: Day | undefined;
  /**
   * Only these symbols.
   *
   * @default all
   */
  symbols?: readonly string[] | undefined;
  /**
   * Only symbols with this quote asset.
   *
   * @default all
   */
  quote?: string | undefined;
}

/** A file that an export wrote. */
export interface ExportedFile {
  file: string;
  format: ExportFormat;
  row_count: number;
  bytes: number;
}

/**
 * Writes `daily_availability`, all eight columns by date and symbol, to a file, which takes its name when it is whole.
 * DuckDB is allowed to touch that one path.
 *
 * @throws StoreError when the database can't be read; UsageError when the file can't be written, or no symbol in the
 * database is one of those asked for.
 */
export async function exportRows(file: string, options: ExportOptions): Promise<ExportedFile> {
  const { format, out } = options;
  const target = resolve(out);
  if ([pathOf(file), `${pathOf(file)}.wal`].includes(pathOf(target))) {
    throw new UsageError(`${out} is the database itself: name another file`);
  }
  // The rename below would replace a device or a pipe with a regular file.
  if (existsSync(target) && !statSync(target).isFile()) {
    throw new UsageError(`${out} exists and is not a regular file`);
  }
  const unfinished = `${target}.${process.pid}.part`;
  const store = await openReader(file, { settings: {}, output: unfinished });
  try {
    const { connection } = store;
    const written = await connection.runAndReadAll(
      `COPY (SELECT * FROM daily_availability WHERE ${await condition(store, options)} ORDER BY date, symbol)
        TO ${literal(unfinished)} (${FORMATS[format]}, USE_TMP_FILE false)`,
    );
    renameSync(unfinished, target);
    return { file: out, format, row_count: Number(written.getRows()[0]?.[0] ?? 0), bytes: statSync(target).size };
  } catch (error) {
    if (error instanceof BfaError) throw error;
    rmSync(unfinished, { force: true });
    const reason = error instanceof Error ? (error.message.split("\n", 1)[0] ?? "") : String(error);
    throw new UsageError(`${out} can't be written: ${reason}`, { cause: error });
  } finally {
    await store.close();
  }
}

/** SQL: which rows are wanted. */
async function condition(store: Store, { from, to, symbols, quote }: ExportOptions): Promise<string> {
  const days = `date BETWEEN DATE '${formatDay(from ?? FIRST_DAY)}' AND DATE '${formatDay(to ?? LAST_DAY)}'`;
  if (symbols === undefined && quote === undefined) return days;
  const stored = await store.connection.runAndReadAll("SELECT DISTINCT symbol FROM availability");
  const wanted = stored
    .getRows()
    .map(([symbol]) => String(symbol))
    .filter((symbol) => symbols?.includes(symbol) !== false)
    .filter((symbol) => quote === undefined || classifySymbol(symbol).quote === quote);
  if (wanted.length === 0) {
    const asked = [symbols?.join(", "), quote === undefined ? undefined : `quoted in ${quote}`];
    throw new UsageError(`no symbol of the database is ${asked.filter((some) => some !== undefined).join(", ")}`);
  }
  return `${days} AND symbol IN (${wanted.map(literal).join(", ")})`;
}

/** SQL: a text. */
function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
