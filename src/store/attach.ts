import { existsSync } from "node:fs";
import type { DuckDBConnection } from "@duckdb/node-api";
import { pathOf } from "./file.js";
import { textLiteral } from "./instance.js";
import { LAYOUT } from "./layout.js";

/**
 * Attaches a file for writing, and creates it if necessary. ATTACH is the only statement that accepts the sizes of row
 * groups and blocks. The storage version is DuckDB's default, the oldest it can write.
 */
export async function attach(connection: DuckDBConnection, file: string, name: string): Promise<void> {
  const blocks = existsSync(file) ? "" : `, BLOCK_SIZE ${LAYOUT.blockBytes}`;
  await connection.run(
    `ATTACH ${textLiteral(pathOf(file))} AS ${name} (ROW_GROUP_SIZE ${LAYOUT.rowGroupRows}${blocks})`,
  );
}
