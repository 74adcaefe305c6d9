import type { DuckDBConnection } from "@duckdb/node-api";

/** Tables that this project makes, of every schema version. */
export const OWN_TABLES = [
  "availability",
  "daily_symbol_counts",
  "runs",
  "units",
  "symbols",
  "replacements",
  "changes",
  "store_info",
  "daily_volumes",
  "volume_files",
  "volume_spans",
  "volume_differences",
  "contracts",
  "contract_captures",
];

/** The one view that it makes, and DuckDB's words for it. */
const OWN_VIEW = "daily_availability";
export const OWN_VIEW_SQL =
  "CREATE VIEW daily_availability AS SELECT date, symbol, available, file_size_bytes, CAST(last_modified AS TIMESTAMP) AS last_modified, (((((('https://data.binance.vision/data/futures/um/daily/klines/' || url_encode(symbol)) || '/1m/') || url_encode(symbol)) || '-1m-') || strftime(date, '%Y-%m-%d')) || '.zip') AS url, status_code, CAST(probe_timestamp AS TIMESTAMP) AS probe_timestamp FROM availability;";

/** What makes a table more than rows: SQL that runs when it is read or written. */
const CODE = /\b(GENERATED|DEFAULT|CHECK|COLLATE)\b/;

/** SQL with its texts and quoted names emptied, so that only DuckDB's own words are left. */
export function withoutQuoted(sql: string): string {
  return sql.replaceAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"/g, "''");
}

/**
 * The first of this project's names in a database that is something else than what the project makes: a view in the
 * place of a table, a table with generated columns, defaults or checks, or another view. Undefined when there is none.
 *
 * DuckDB's own functions are named by their schema, since a macro in the file could take their place.
 *
 * @param database name that the file is attached under
 */
export async function strangeName(connection: DuckDBConnection, database: string): Promise<string | undefined> {
  const found = await connection.runAndReadAll(
    `SELECT table_name, 'table', sql FROM system.main.duckdb_tables() WHERE database_name = $database AND schema_name = 'main'
      UNION ALL SELECT view_name, 'view', sql FROM system.main.duckdb_views()
        WHERE database_name = $database AND schema_name = 'main' AND NOT internal`,
    { database },
  );
  const isStrange = (name: string, kind: string, sql: string) => {
    if (OWN_TABLES.includes(name)) return kind === "view" || CODE.test(withoutQuoted(sql));
    return name === OWN_VIEW && sql !== OWN_VIEW_SQL;
  };
  return found
    .getRows()
    .map((row) => row.map(String) as [string, string, string])
    .find((row) => isStrange(...row))?.[0];
}
