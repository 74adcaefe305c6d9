import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { formatTime } from "../calendar/time.js";
import { UsageError } from "../errors.js";
import { checkSignal, checkText, checkWhole } from "../options/checks.js";
import { optional, readOptions, withDefault, type ChecksOf } from "../options/read-options.js";
import { copyForeignRows, type ForeignRows } from "../store/foreign.js";
import { instant, refuseRepeatedCells } from "../store/import.js";
import { openInstance, textLiteral } from "../store/instance.js";
import { numbersOf } from "../store/numbers.js";
import { makeTemporaryFolder } from "../store/temporary-folder.js";
import { column, optionalColumn, type RowOf } from "../text/columns.js";
import { DEFAULT_LIMIT, LIMIT_BOUNDS } from "./compare-limit.js";
import { databaseAt } from "./published-folder.js";

/** Columns of {@link ComparisonFacts}. */
export const COMPARISON_FACTS = {
  a: column("text", "path of the first database, as given"),
  b: column("text", "path of the second"),
  outcome: column("text", "`same`, or `different` if any cell is in only one database or has different answers"),
  a_cell_count: column("count", "cells with a row in the first database"),
  b_cell_count: column("count", "cells with a row in the second database"),
  same_count: column("count", "cells with the same answer in both"),
  only_in_a_count: column("count", "cells only in the first database"),
  only_in_b_count: column("count", "cells only in the second database"),
  different_count: column("count", "cells in both, with different answers"),
  other_probe_time_count: column(
    "count",
    "cells with the same answer but different probe times, which count as the same",
  ),
};

/** Columns of a cell that differs. */
export const COMPARED_COLUMNS = {
  date: column("date", "day of the cell; the rows are sorted by date and symbol"),
  symbol: column("symbol", "its symbol"),
  difference: column("text", "`only_in_a`, `only_in_b` or `different`"),
  a_available: optionalColumn("flag", "whether the file exists according to the first database"),
  b_available: optionalColumn("flag", "the same for the second"),
  a_file_size_bytes: optionalColumn("bytes", "size of the file; null if there is none"),
  b_file_size_bytes: optionalColumn("bytes", "the same for the second"),
  a_last_modified: optionalColumn("time", "upload time; null if there is no file"),
  b_last_modified: optionalColumn("time", "the same for the second"),
  a_etag: optionalColumn("text", "first 8 bytes of the file's md5 in hexadecimal, if known"),
  b_etag: optionalColumn("text", "the same for the second"),
};

/** How two databases compare. */
export type ComparisonFacts = Omit<RowOf<typeof COMPARISON_FACTS>, "outcome"> & { outcome: "same" | "different" };

/** A cell that differs between the two. */
export type ComparedCell = RowOf<typeof COMPARED_COLUMNS>;

/** Result of {@link compare}; its rows are the first cells that differ. */
export interface Comparison {
  facts: ComparisonFacts;
  rows: ComparedCell[];
}

/** Options of {@link compare}. */
export interface CompareOptions {
  /**
   * Maximum number of differing cells in `rows`, 0 to 10000000. All are counted.
   *
   * @default 20
   */
  limit?: number | undefined;
  /** Aborting it ends the comparison. */
  signal?: AbortSignal | undefined;
}

/**
 * Compares two databases cell by cell: what the bucket answered, not when it was probed. Each is a DuckDB file with a
 * `daily_availability`, made by any version of this package or by another system, or the folder of a publication, whose
 * database is verified first. Both are opened read-only, as foreign files. An ETag that only one has is ignored.
 *
 * @throws UsageError when one can't be read; PublicationError when a publication is damaged; InterruptedError
 * @example
 * ```ts
 * const { facts } = await compare("availability.duckdb", "public");
 * if (facts.outcome === "different") console.log(facts.different_count);
 * ```
 */
export async function compare(a: string, b: string, options: CompareOptions = {}): Promise<Comparison> {
  checkText("a", a);
  checkText("b", b);
  const { limit, signal } = readOptions(options, {
    limit: withDefault(checkWhole(LIMIT_BOUNDS), DEFAULT_LIMIT),
    signal: optional(checkSignal),
  } satisfies ChecksOf<CompareOptions>);
  const folder = makeTemporaryFolder(tmpdir());
  const scratch = folder.path;
  try {
    const sides = [await copyOf(a, join(scratch, "a"), signal), await copyOf(b, join(scratch, "b"), signal)] as const;
    const instance = await openInstance({
      main: ":memory:",
      files: sides.map(({ path }) => path),
      folders: [scratch],
      settings: { temp_directory: join(scratch, "spill") },
    });
    const { connection } = instance;
    try {
      await loadSide(connection, "a", a, sides[0]);
      await loadSide(connection, "b", b, sides[1]);
      return await compareLoaded(connection, { a, b, limit });
    } finally {
      instance.close();
    }
  } finally {
    folder.remove();
  }
}

async function copyOf(path: string, scratch: string, signal: AbortSignal | undefined): Promise<ForeignRows> {
  mkdirSync(scratch);
  return await copyForeignRows(await databaseAt(path), scratch, signal);
}

/** Reads the rows of one side into a table named after it, with this package's column types. */
async function loadSide(
  connection: DuckDBConnection,
  side: "a" | "b",
  name: string,
  { path, types }: ForeignRows,
): Promise<void> {
  try {
    await connection.run(
      `ATTACH ${textLiteral(path)} AS copy_of_${side} (READ_ONLY);
        CREATE TEMP TABLE ${side} AS SELECT date::DATE AS date, symbol::VARCHAR AS symbol, available::BOOLEAN AS available,
          CASE WHEN available THEN file_size_bytes::BIGINT END AS file_size_bytes,
          CASE WHEN available THEN ${instant("last_modified", types)}::TIMESTAMP_S END AS last_modified,
          status_code::SMALLINT AS status_code, ${instant("probe_timestamp", types)}::TIMESTAMP_MS AS probe_timestamp,
          ${types.get("etag") === "UBIGINT" ? "etag" : "NULL::UBIGINT"} AS etag
        FROM copy_of_${side}.main.rows`,
    );
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split("\n", 1)[0] ?? "") : String(error);
    throw new UsageError(`daily_availability of ${name} has values that can't be read: ${reason}`, { cause: error });
  }
  await refuseRepeatedCells(connection, side, name);
}

/** SQL: whether two rows of a cell have different answers. */
const DIFFERS = `(a.available IS DISTINCT FROM b.available OR a.status_code IS DISTINCT FROM b.status_code
  OR a.file_size_bytes IS DISTINCT FROM b.file_size_bytes OR a.last_modified IS DISTINCT FROM b.last_modified
  OR coalesce(a.etag <> b.etag, false))`;

async function compareLoaded(
  connection: DuckDBConnection,
  { a, b, limit }: { a: string; b: string; limit: number },
): Promise<Comparison> {
  await connection.run(
    `CREATE TEMP TABLE compared AS SELECT date, symbol, a.symbol IS NULL AS lacks_a, b.symbol IS NULL AS lacks_b,
        ${DIFFERS} AS differs, a.probe_timestamp IS DISTINCT FROM b.probe_timestamp AS other_time
      FROM a FULL JOIN b USING (date, symbol)`,
  );
  const [inA = 0, inB = 0, onlyInA = 0, onlyInB = 0, different = 0, same = 0, otherTime = 0] = await numbersOf(
    connection,
    `SELECT count(*) FILTER (NOT lacks_a), count(*) FILTER (NOT lacks_b), count(*) FILTER (lacks_b), count(*) FILTER (lacks_a),
        count(*) FILTER (differs AND NOT lacks_a AND NOT lacks_b), count(*) FILTER (NOT differs AND NOT lacks_a AND NOT lacks_b),
        count(*) FILTER (NOT differs AND other_time AND NOT lacks_a AND NOT lacks_b)
      FROM compared`,
  );
  return {
    facts: {
      ...{ a, b, outcome: onlyInA + onlyInB + different === 0 ? "same" : "different" },
      ...{ a_cell_count: inA, b_cell_count: inB, same_count: same },
      ...{ only_in_a_count: onlyInA, only_in_b_count: onlyInB, different_count: different },
      other_probe_time_count: otherTime,
    },
    rows: await firstCells(connection, limit),
  };
}

async function firstCells(connection: DuckDBConnection, limit: number): Promise<ComparedCell[]> {
  const time = (side: string) => `epoch_ms(${side}.last_modified::TIMESTAMP)::DOUBLE`;
  const found = await connection.runAndReadAll(
    `SELECT date::VARCHAR, symbol, CASE WHEN lacks_b THEN 'only_in_a' WHEN lacks_a THEN 'only_in_b' ELSE 'different' END,
        a.available, b.available, a.file_size_bytes::DOUBLE, b.file_size_bytes::DOUBLE, ${time("a")}, ${time("b")},
        format('{:016x}', a.etag), format('{:016x}', b.etag)
      FROM compared LEFT JOIN a USING (date, symbol) LEFT JOIN b USING (date, symbol)
      WHERE differs OR lacks_a OR lacks_b ORDER BY date, symbol LIMIT $limit`,
    { limit },
  );
  return found.getRows().map(([date, symbol, difference, ...values]) => {
    const [aThere, bThere, aSize, bSize, aTime, bTime, aEtag, bEtag] = values;
    return {
      ...{ date: String(date), symbol: String(symbol), difference: String(difference) },
      ...{ a_available: flagOf(aThere), b_available: flagOf(bThere) },
      ...{ a_file_size_bytes: numberIn(aSize), b_file_size_bytes: numberIn(bSize) },
      ...{ a_last_modified: timeOf(aTime), b_last_modified: timeOf(bTime) },
      ...{ a_etag: textOf(aEtag), b_etag: textOf(bEtag) },
    };
  });
}

function flagOf(value: unknown): boolean | null {
  return typeof value === "boolean" ? value : null;
}

function numberIn(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}

function timeOf(value: unknown): string | null {
  return typeof value === "number" ? formatTime(value) : null;
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
