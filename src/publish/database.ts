import type { DuckDBConnection } from "@duckdb/node-api";
import { attach } from "../store/attach.js";
import { logsOf, pathOf } from "../store/file.js";
import { openInstance, textLiteral } from "../store/instance.js";
import { LAYOUT, ORDER_IN_BLOCK } from "../store/layout.js";
import { migrate } from "../store/schema/migrate.js";
import { OWN_TABLES } from "../store/schema/own-names.js";
import { dayNumber } from "../calendar/sql.js";

/** Rows of a table whose nullable columns are null in the same places. */
interface Section {
  table: string;
  /** SQL: the condition for these rows. */
  where: string;
  rows: number;
}

/** Minimum number of rows in one statement for which DuckDB starts a new row group. */
const OWN_ROW_GROUPS = 4 * LAYOUT.rowGroupRows;

/**
 * Writes this project's tables, and nothing else from the database, into a new file. The same rows give the same bytes,
 * regardless of their order and of deleted rows that the source still contains.
 *
 * When DuckDB packs bits, it leaves whatever was in memory in place of nulls and after the last value of a group. So
 * only whole row groups in which no column mixes nulls and values are compressed: rows are inserted grouped by which of
 * their columns are null, and the remaining rows are left uncompressed. A single thread keeps the order of blocks.
 * `docs/decisions` describes the trials.
 *
 * @param source path of a database of this package, with the newest schema
 * @param target path of the new file
 * @param scratch a private folder that contains `target`
 */
export async function writeDatabase(source: string, target: string, scratch: string): Promise<void> {
  const both = { source, target, scratch };
  const sections = await withBoth({ ...both, isCompressed: false }, async (connection) => {
    await migrate(connection, 0);
    // The schema inserts an initial row; the source's row replaces it.
    await connection.run("DELETE FROM store_info");
    return await sectionsOf(connection);
  });
  await withBoth({ ...both, isCompressed: true }, async (connection) => {
    for (const section of sections) await insert(connection, section, `LIMIT ${compressedRows(section)}`);
  });
  await withBoth({ ...both, isCompressed: false }, async (connection) => {
    for (const section of sections) await insert(connection, section, `OFFSET ${compressedRows(section)}`);
  });
}

async function insert(connection: DuckDBConnection, { table, where }: Section, which: string): Promise<void> {
  await connection.run(
    `INSERT INTO target.${table} BY NAME SELECT ${columnsOf(table)} FROM source.${table} WHERE ${where}
      ORDER BY ${orderOf(table)} ${which}`,
  );
}

/** Number of rows of a section that fill whole row groups. */
function compressedRows({ rows }: Section): number {
  return rows < OWN_ROW_GROUPS ? 0 : rows - (rows % LAYOUT.rowGroupRows);
}

async function sectionsOf(connection: DuckDBConnection): Promise<Section[]> {
  const sections: Section[] = [];
  for (const [table, nullable] of await nullableColumns(connection)) {
    const pattern = nullable.length === 0 ? "''" : `concat(${nullable.map((name) => `${name} IS NULL`).join(", ")})`;
    const found = await connection.runAndReadAll(
      `SELECT ${pattern} AS pattern, count(*)::INTEGER FROM source.${table} GROUP BY pattern ORDER BY pattern`,
    );
    for (const [which, rows] of found.getRows()) {
      sections.push({ table, where: `${pattern} = ${textLiteral(String(which))}`, rows: Number(rows) });
    }
  }
  return sections;
}

/** SQL: the columns of a table, except that the facts about compaction are those of the new file. */
function columnsOf(table: string): string {
  if (table !== "store_info") return "*";
  return "* REPLACE ((SELECT count(*) FROM source.availability) AS compacted_rows, NULL::BIGINT AS compacted_bytes)";
}

/** SQL: the order of a table's rows. */
function orderOf(table: string): string {
  return table === "availability" ? `${dayNumber("date")} // ${LAYOUT.blockDays}, ${ORDER_IN_BLOCK}` : "ALL";
}

/** The tables in both files, with their nullable columns. */
async function nullableColumns(connection: DuckDBConnection): Promise<Map<string, string[]>> {
  const found = await connection.runAndReadAll(
    `SELECT table_name, column_name, is_nullable FROM system.main.duckdb_columns()
      WHERE database_name = 'target' AND schema_name = 'main' AND NOT internal ORDER BY table_name, column_index`,
  );
  const tables = new Map<string, string[]>();
  for (const [table, column, isNullable] of found.getRows()) {
    const name = String(table);
    if (!OWN_TABLES.includes(name)) continue;
    const columns = tables.get(name) ?? [];
    if (isNullable === true) columns.push(String(column));
    tables.set(name, columns);
  }
  return tables;
}

interface Both {
  source: string;
  target: string;
  scratch: string;
  /** Whether columns may be compressed. It is an instance setting that can't be changed once the instance is locked. */
  isCompressed: boolean;
}

/** Opens both files in one instance, with the target as the current database, and checkpoints it after `use`. */
async function withBoth<Result>(
  { source, target, scratch, isCompressed }: Both,
  use: (connection: DuckDBConnection) => Promise<Result>,
): Promise<Result> {
  const instance = await openInstance({
    main: ":memory:",
    files: [pathOf(source), ...logsOf(source)],
    folders: [scratch],
    settings: { threads: "1", ...(isCompressed ? {} : { force_compression: "uncompressed" }) },
  });
  const { connection } = instance;
  try {
    await connection.run(`ATTACH ${textLiteral(pathOf(source))} AS source (READ_ONLY)`);
    await attach(connection, target, "target");
    await connection.run("USE target");
    const result = await use(connection);
    await connection.run("USE memory; DETACH source; DETACH target");
    return result;
  } finally {
    instance.close();
  }
}
