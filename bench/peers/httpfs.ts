import { existsSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "../../src/store/duckdb.js";
import { runTool } from "./tool.js";

export const HTTPFS_INSTALL = "pip install duckdb-extension-httpfs of DuckDB's own version";

/** Path of DuckDB's httpfs extension for this version, as packaged on PyPI; undefined if it isn't installed. */
export async function findHttpfs(): Promise<string | undefined> {
  const place = "import duckdb_extension_httpfs as e, os; print(os.path.dirname(e.__file__))";
  const folder = await runTool("python3", ["-c", place]).then(
    (text) => text.trim(),
    () => undefined,
  );
  if (folder === undefined) return undefined;
  const path = join(folder, "extensions", await version(), "httpfs.duckdb_extension");
  return existsSync(path) ? path : undefined;
}

async function version(): Promise<string> {
  return String((await askRemote(undefined, "SELECT version()"))[0]?.[0]);
}

/**
 * Runs a query in a new instance, so that nothing is cached from earlier queries.
 *
 * @param extension path of the extension to load first
 */
export async function askRemote(extension: string | undefined, ...statements: readonly string[]): Promise<unknown[][]> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  try {
    if (extension !== undefined) await connection.run(`LOAD '${extension.replaceAll("'", "''")}'`);
    let rows: unknown[][] = [];
    for (const statement of statements) rows = (await connection.runAndReadAll(statement)).getRowsJson();
    return rows;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
