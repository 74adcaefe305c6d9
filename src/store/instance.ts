import type { DuckDBConnection } from "@duckdb/node-api";
import { DuckDBInstance } from "./duckdb.js";

/** Options of every DuckDB instance here: nothing is fetched from the network or loaded from disk unasked. */
export const INSTANCE_OPTIONS = {
  autoinstall_known_extensions: "false",
  autoload_known_extensions: "false",
} as const;

/** What an instance is opened with. */
export interface InstanceOptions {
  /** A file that is opened for reading before anything else can be said, or `:memory:`. */
  readonly main: string;
  /** Files that it may touch beside `main` and its log. */
  readonly files?: readonly string[];
  /** Folders in which it may touch everything. */
  readonly folders?: readonly string[];
  /** Further settings of DuckDB. */
  readonly settings?: Readonly<Record<string, string>>;
}

/**
 * The one way to open a database that others may have made: its views, macros, defaults and indexes are code. An
 * instance reaches nothing but the paths that it is given, loads no extension, works in UTC, and no statement can change
 * any of that. An instance that writes or that is given more paths than `main` must have `:memory:` as `main`, since
 * DuckDB takes paths only by a statement, and a file must not be opened before it.
 *
 * @throws what DuckDB throws
 */
export async function openInstance({
  main,
  files = [],
  folders = [],
  settings,
}: InstanceOptions): Promise<OpenInstance> {
  const isFile = main !== ":memory:";
  const instance = await DuckDBInstance.create(main, {
    ...INSTANCE_OPTIONS,
    ...settings,
    ...(isFile ? { access_mode: "READ_ONLY", enable_external_access: "false" } : {}),
  });
  try {
    const connection = await instance.connect();
    if (!isFile) {
      await connection.run(
        `SET allowed_paths = ${listLiteral(files)}; SET allowed_directories = ${listLiteral(folders)};
          SET enable_external_access = false`,
      );
    }
    await connection.run("SET TimeZone = 'UTC'; SET lock_configuration = true");
    return {
      connection,
      close: () => {
        connection.closeSync();
        instance.closeSync();
      },
    };
  } catch (error) {
    instance.closeSync();
    throw error;
  }
}

/**
 * Has bare names mean DuckDB's own functions and what the main schema of an attached database has. DuckDB's come first:
 * no macro of the file takes the place of one of them. A table that isn't temporary can't be made by a bare name then.
 */
export async function useDatabase(connection: DuckDBConnection, name: string): Promise<void> {
  await connection.run(`SET search_path = ${textLiteral(`system.main,${identifier(name)}.main`)}`);
}

/** An instance with its one connection. */
export interface OpenInstance {
  readonly connection: DuckDBConnection;
  /** Closes both, and so releases the locks of their files. */
  close(): void;
}

/** SQL: a text. */
export function textLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** SQL: a name. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function listLiteral(texts: readonly string[]): string {
  return `[${texts.map(textLiteral).join(", ")}]`;
}
