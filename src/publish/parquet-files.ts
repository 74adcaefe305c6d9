import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathOf } from "../store/file.js";
import { openInstance, textLiteral, useDatabase } from "../store/instance.js";
import { numberOf } from "../store/numbers.js";
import { namesOf } from "../store/schema/own-names.js";

/** A Parquet file of a publication. */
export interface ParquetFile {
  /** Path in the publication. */
  path: string;
  /** The exported table or view. */
  source: string;
  /**
   * SQL: its columns.
   *
   * @default all
   */
  columns?: string;
  /** SQL: the order of its rows. */
  order: string;
  /** Its description in the publication's README. */
  about: string;
  /**
   * Whether it is omitted while its table is empty.
   *
   * @default false
   */
  isOptional?: true;
}

/** Without `url`, which follows from date and symbol: its minimum and maximum would double what readers first fetch. */
const CELL_COLUMNS = "* EXCLUDE (url)";

/**
 * The Parquet files of a publication; those whose tables the database lacks are omitted. Rows are sorted the way they
 * are queried, so that a reader over HTTP fetches few of them.
 */
export const PARQUET_FILES: readonly ParquetFile[] = [
  {
    path: "parquet/availability_by_date.parquet",
    source: "daily_availability",
    columns: CELL_COLUMNS,
    order: "date, symbol",
    about: "all cells, sorted by date: for snapshots",
  },
  {
    path: "parquet/availability_by_symbol.parquet",
    source: "daily_availability",
    columns: CELL_COLUMNS,
    order: "symbol, date",
    about: "the same, sorted by symbol: for timelines",
  },
  {
    path: "parquet/daily_symbol_counts.parquet",
    source: "daily_symbol_counts",
    order: "ALL",
    about: "symbols with a file and symbols probed, day by day",
  },
  {
    path: "parquet/changes.parquet",
    source: "changes",
    order: "ALL",
    about: "files that came late, were replaced or removed",
  },
  {
    path: "parquet/symbols.parquet",
    source: "symbols",
    order: "ALL",
    about: "all symbols that the bucket ever listed, with class and quote asset",
  },
  {
    path: "parquet/volumes_by_date.parquet",
    source: "daily_volumes",
    order: "date, symbol",
    about: "prices, volumes and trades, sorted by date",
    isOptional: true,
  },
  {
    path: "parquet/volumes_by_symbol.parquet",
    source: "daily_volumes",
    order: "symbol, date",
    about: "the same, sorted by symbol",
    isOptional: true,
  },
  {
    path: "parquet/contracts.parquet",
    source: "contracts",
    order: "ALL",
    about: "the states of each contract on the exchange, with the time for which each was valid",
    isOptional: true,
  },
];

/** Rows per row group, the least that a reader over HTTP fetches. */
const ROW_GROUP_ROWS = 20_480;

/**
 * Writes the Parquet files of a database. The same rows give the same bytes: a single thread sorts and writes them.
 *
 * @param database path of a database of this package that nobody is writing to
 * @param folder a private folder for the files
 * @returns the files written
 */
export async function writeParquetFiles(database: string, folder: string): Promise<ParquetFile[]> {
  const instance = await openInstance({
    main: ":memory:",
    files: [pathOf(database)],
    folders: [folder],
    settings: { threads: "1" },
  });
  const { connection } = instance;
  try {
    await connection.run(`ATTACH ${textLiteral(pathOf(database))} AS store (READ_ONLY)`);
    const sources = new Set((await namesOf(connection, "store")).map(({ name }) => name));
    await useDatabase(connection, "store");
    const files: ParquetFile[] = [];
    for (const file of PARQUET_FILES.filter(({ source }) => sources.has(source))) {
      const { path, source, columns = "*", order, isOptional = false } = file;
      if (isOptional && (await numberOf(connection, `SELECT count(*) FROM (FROM ${source} LIMIT 1)`)) === 0) continue;
      files.push(file);
      const target = join(folder, path);
      mkdirSync(dirname(target), { recursive: true });
      await connection.run(
        `COPY (SELECT ${columns} FROM ${source} ORDER BY ${order}) TO ${textLiteral(target)}
          (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${ROW_GROUP_ROWS}, USE_TMP_FILE false)`,
      );
    }
    return files;
  } finally {
    instance.close();
  }
}
