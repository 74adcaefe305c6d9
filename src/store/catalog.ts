import type { DuckDBConnection } from "@duckdb/node-api";
import { identifier } from "./instance.js";
import { OWN_TABLES, withoutQuoted } from "./schema/own-names.js";

/** A table that this project didn't create. */
interface OtherTable {
  schema: string;
  name: string;
  /** The statement that creates it. */
  sql: string;
  /** Tables of the same schema that its rows refer to. */
  refersTo: string[];
}

/** Everything in a database except rows, as one text per object. */
const CATALOG = `
  SELECT 'schema', schema_name, '', '', comment FROM system.main.duckdb_schemas()
    WHERE database_name = $database AND NOT internal
  UNION ALL SELECT 'table', schema_name, table_name, sql, comment FROM system.main.duckdb_tables()
    WHERE database_name = $database
  UNION ALL SELECT 'column', schema_name, table_name, column_name, comment FROM system.main.duckdb_columns()
    WHERE database_name = $database AND NOT internal
  UNION ALL SELECT 'view', schema_name, view_name, sql, comment FROM system.main.duckdb_views()
    WHERE database_name = $database AND NOT internal
  UNION ALL SELECT 'index', schema_name, index_name, sql, comment FROM system.main.duckdb_indexes()
    WHERE database_name = $database
  UNION ALL SELECT 'sequence', schema_name, sequence_name, increment_by::VARCHAR, comment
    FROM system.main.duckdb_sequences() WHERE database_name = $database
  UNION ALL SELECT 'type', schema_name, type_name, logical_type || coalesce(labels::VARCHAR, ''), comment
    FROM system.main.duckdb_types() WHERE database_name = $database AND NOT internal
  UNION ALL SELECT function_type, schema_name, function_name, parameters::VARCHAR || macro_definition, comment
    FROM system.main.duckdb_functions() WHERE database_name = $database AND NOT internal
  ORDER BY ALL`;

/** Everything in a database except rows, in a form that can be compared. */
export async function catalogOf(connection: DuckDBConnection, database: string): Promise<string> {
  const found = await connection.runAndReadAll(CATALOG, { database });
  return JSON.stringify(found.getRowsJson());
}

/** The tables of this project in an attached database. */
export async function ownTablesOf(connection: DuckDBConnection, database: string): Promise<string[]> {
  const found = await connection.runAndReadAll(
    "SELECT table_name FROM system.main.duckdb_tables() WHERE database_name = $database AND schema_name = 'main'",
    { database },
  );
  return found
    .getRows()
    .map(([name]) => String(name))
    .filter((name) => OWN_TABLES.includes(name));
}

/** Copies the rows of every table that this project didn't create from `store` to the empty one in `compacted`. */
export async function copyOtherTables(connection: DuckDBConnection): Promise<void> {
  for (const table of byReference(await otherTables(connection))) {
    const [schema, name] = [identifier(table.schema), identifier(table.name)];
    const columns = (await storedColumns(connection, table)).map(identifier).join(", ");
    await connection.run(
      `INSERT INTO compacted.${schema}.${name} (${columns}) SELECT ${columns} FROM store.${schema}.${name}`,
    );
  }
}

async function otherTables(connection: DuckDBConnection): Promise<OtherTable[]> {
  const found = await connection.runAndReadAll(
    `SELECT schema_name, table_name, sql, coalesce((SELECT string_agg(referenced_table, chr(0)) FROM system.main.duckdb_constraints() AS c
        WHERE c.table_oid = t.table_oid AND c.database_name = 'store' AND referenced_table <> t.table_name), '')
      FROM system.main.duckdb_tables() AS t WHERE database_name = 'store'`,
  );
  return found
    .getRows()
    .map((row) => row.map(String) as [string, string, string, string])
    .filter(([schema, name]) => schema !== "main" || !OWN_TABLES.includes(name))
    .map(([schema, name, sql, references]) => ({
      ...{ schema, name, sql },
      refersTo: references.split("\0").filter((text) => text !== ""),
    }));
}

/** Orders tables after those that they refer to. */
function byReference(tables: readonly OtherTable[]): OtherTable[] {
  const ordered: OtherTable[] = [];
  let left = tables;
  while (left.length > 0) {
    const waits = ({ schema, refersTo }: OtherTable) =>
      left.some((other) => other.schema === schema && refersTo.includes(other.name));
    const ready = left.filter((table) => !waits(table));
    if (ready.length === 0) throw new Error("tables refer to each other in a circle");
    ordered.push(...ready);
    left = left.filter(waits);
  }
  return ordered;
}

/** The columns of a table that store values, without generated columns. */
async function storedColumns(connection: DuckDBConnection, { schema, name, sql }: OtherTable): Promise<string[]> {
  const found = await connection.runAndReadAll(
    `SELECT column_name, column_default IS NOT NULL FROM system.main.duckdb_columns()
      WHERE database_name = 'store' AND schema_name = $schema AND table_name = $name ORDER BY column_index`,
    { schema, name },
  );
  const columns = found.getRows().map(([column, hasDefault]) => ({ column: String(column), hasDefault }));
  const stored: string[] = [];
  for (const { column, hasDefault } of columns) {
    const mayBeComputed = hasDefault === true && withoutQuoted(sql).includes("GENERATED");
    // DuckDB lists a generated column like one with a default; only an INSERT into it reveals the difference.
    const statement = `EXPLAIN INSERT INTO store.${identifier(schema)}.${identifier(name)} (${identifier(column)}) SELECT NULL`;
    if (!mayBeComputed || (await isAccepted(connection, statement))) stored.push(column);
  }
  return stored;
}

async function isAccepted(connection: DuckDBConnection, statement: string): Promise<boolean> {
  try {
    await connection.run(statement);
    return true;
  } catch (error) {
    if (error instanceof Error && error.message.includes("generated column")) return false;
    throw error;
  }
}
