import { existsSync, renameSync, rmSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { StoreError, UsageError } from "../errors.js";
import { pathOf } from "../store/file.js";
import { openReader } from "../store/open.js";
import { formatDay, type Day } from "../calendar/day.js";

/** Before and after every day that can be stored. */
const [FIRST_DAY, LAST_DAY] = [0, 100_000];

/** How COPY names the formats. */
const FORMATS = { parquet: "FORMAT parquet, COMPRESSION zstd", csv: "FORMAT csv, HEADER" } as const;

/** Options of {@link exportRows}. */
export interface ExportOptions {
  format: "parquet" | "csv";
  /** File to write; one that is there is replaced. */
  out: string;
  /** Only days from `from` to `to`, both included. */
  from?: Day;
  to?: Day;
}

/**
 * Writes `daily_availability`, all eight columns by date and symbol, to a file, which takes its name when it is whole.
 * DuckDB is allowed to touch that one path.
 *
 * @returns the number of rows
 * @throws StoreError when the database can't be read; UsageError when the file can't be written.
 */
export async function exportRows(file: string, { format, out, from, to }: ExportOptions): Promise<number> {
  const target = resolve(out);
  if ([pathOf(file), `${pathOf(file)}.wal`].includes(pathOf(target))) {
    throw new UsageError(`--out ${out} is the database itself: name another file`);
  }
  // The new file takes the name's place: what a device or a pipe is would be gone.
  if (existsSync(target) && !statSync(target).isFile()) throw new UsageError(`--out ${out} is there and no file`);
  const unfinished = `${target}.${process.pid}.part`;
  const path = `'${unfinished.replaceAll("'", "''")}'`;
  const store = await openReader(file, {});
  try {
    const { connection } = store;
    await connection.run(`SET allowed_paths = [${path}]`);
    await connection.run("SET enable_external_access = false; SET lock_configuration = true");
    const written = await connection.runAndReadAll(
      `COPY (SELECT * FROM daily_availability
        WHERE date BETWEEN DATE '${formatDay(from ?? FIRST_DAY)}' AND DATE '${formatDay(to ?? LAST_DAY)}'
        ORDER BY date, symbol)
        TO ${path} (${FORMATS[format]}, USE_TMP_FILE false)`,
    );
    renameSync(unfinished, target);
    return Number(written.getRows()[0]?.[0] ?? 0);
  } catch (error) {
    if (error instanceof StoreError) throw error;
    rmSync(unfinished, { force: true });
    const reason = error instanceof Error ? (error.message.split("\n", 1)[0] ?? "") : String(error);
    throw new UsageError(`${out} can't be written: ${reason}`, { cause: error });
  } finally {
    await store.close();
  }
}
