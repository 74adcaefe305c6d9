import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import { publish } from "../../../src/publish/publish.js";
import { OWN_TABLES } from "../../../src/store/schema/own-names.js";
import { D0, dayUnit, writerFor } from "../../support/store.js";
import type { HostileFile, Names } from "./grammar.js";

/** The canary's content while commands run. While files are made it is different, so that no file can contain this. */
export const SECRET = "canary-5ba98f4e7d";

/** Time limit of a statement while a file is made, ms. */
const MAKING_MS = 300;

/** The table of the other system. */
const FOREIGN = `CREATE TABLE daily_availability (date DATE, symbol VARCHAR, available BOOLEAN, file_size_bytes BIGINT,
    last_modified TIMESTAMP, url VARCHAR, status_code INTEGER, probe_timestamp TIMESTAMP);
  INSERT INTO daily_availability VALUES
    ('2024-03-01', 'BTCUSDT', true, 100, '2024-03-02 09:08:07', 'u', 200, '2025-01-01'),
    ('2024-03-02', 'BTCUSDT', true, 300, '2024-03-03 09:08:07', 'u', 200, '2025-01-01'),
    ('2024-03-02', 'ETHUSDT', false, NULL, NULL, 'u', 404, '2025-01-01')`;

/** A folder with everything that files of the grammar are made from. */
export interface Workshop {
  readonly folder: string;
  readonly names: Names;
  /** A sound database. */
  readonly sound: string;
  /** A publication of it. */
  readonly publication: string;
}

/** Prepares a workshop in an empty folder. */
export async function openWorkshop(folder: string): Promise<Workshop> {
  const sound = join(folder, "sound.duckdb");
  const symbols = ["BTCUSDT", "ETHUSDC", "OLDUSDT", "OLDUSDT_SETTLED", "币安人生USDT"];
  const { store, writer } = await writerFor(sound, symbols);
  const size = (symbol: number, day: number) => (symbol === 2 && day > 40 ? 0 : 10_000 + symbol * 7 + day);
  await writer.commit(
    Array.from({ length: 60 }, (_, day) =>
      dayUnit(
        D0 + day,
        symbols.map((_, symbol) => ({ symbol, size: size(symbol, day), etag: symbol })).slice(0, day < 5 ? 3 : 5),
      ),
    ),
  );
  await writer.close();
  await store.close();
  const publication = join(folder, "publication");
  await publish(sound, publication);
  const instance = await DuckDBInstance.create(sound, { access_mode: "READ_ONLY" });
  const connection = await instance.connect();
  const rows = async (sql: string) => (await connection.runAndReadAll(sql)).getRows().map((row) => row.map(String));
  const columns = await rows(
    "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE database_name = 'sound'",
  );
  const functions = await rows("SELECT DISTINCT function_name FROM duckdb_functions() ORDER BY 1");
  connection.closeSync();
  instance.closeSync();
  const own = OWN_TABLES.filter((name) => columns.some(([table]) => table === name));
  return {
    ...{ folder, sound, publication },
    names: {
      canary: join(folder, "canary.txt"),
      own: [...own, "daily_availability"],
      columns: columns
        .map(([table = "", name = "", type = ""]) => ({ table, name, type }))
        .filter(({ table }) => own.includes(table)),
      functions: functions.flat(),
    },
  };
}

/** Makes a file from its description. */
export async function makeFile(
  { names, sound }: Workshop,
  { beginning, statements }: HostileFile,
  file: string,
): Promise<void> {
  writeFileSync(names.canary, "nothing\n");
  if (beginning === "store") copyFileSync(sound, file);
  // A connection that macros in the file can't slow down and whose memory they can't fill.
  const instance = await DuckDBInstance.create(file, {
    threads: "1",
    memory_limit: "200MB",
    max_temp_directory_size: "0MB",
  });
  const connection = await instance.connect();
  if (beginning === "foreign") await connection.run(FOREIGN);
  for (const statement of statements) await tryToRun(connection, statement);
  connection.closeSync();
  instance.closeSync();
  writeFileSync(names.canary, `${SECRET}\n`);
}

async function tryToRun(connection: DuckDBConnection, statement: string): Promise<void> {
  const timer = setTimeout(() => {
    connection.interrupt();
  }, MAKING_MS);
  // DuckDB does not accept every sentence of the grammar.
  await connection.run(statement).catch(() => undefined);
  clearTimeout(timer);
}
