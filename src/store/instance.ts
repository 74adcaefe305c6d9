import { randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { DuckDBInstance } from "./duckdb.js";

/** Options of every DuckDB instance: extensions are neither installed from the network nor loaded automatically. */
export const INSTANCE_OPTIONS = {
  autoinstall_known_extensions: "false",
  autoload_known_extensions: "false",
} as const;

/**
 * Settings of an instance that answers queries, with limits: a view in a database made by others could use up all
 * resources. DuckDB creates the temporary folder only when it spills to disk; nobody can guess its name.
 */
export function querySettings(): Readonly<Record<string, string>> {
  return {
    memory_limit: "1GB",
    max_temp_directory_size: "4GB",
    temp_directory: join(tmpdir(), `.bfa-${randomUUID()}`),
  };
}

/**
 * Settings that give freed memory back: by default DuckDB's allocator keeps up to 128 MiB of it per thread. That saves a
 * writer 10 to 20 MiB, and a copy of 730,240 rows 50.
 */
export const LEAN_ALLOCATOR = {
  allocator_flush_threshold: "1MB",
  allocator_bulk_deallocation_flush_threshold: "1MB",
} as const;

/** Options of {@link openInstance}. */
export interface InstanceOptions {
  /** A file that is opened for reading before any statement can run, or `:memory:`. */
  readonly main: string;
  /** Files that it may access in addition to `main` and its log. */
  readonly files?: readonly string[];
  /** Folders in which it may access everything. */
  readonly folders?: readonly string[];
  /** Further settings of DuckDB. */
  readonly settings?: Readonly<Record<string, string>>;
}

/**
 * The only way to open a database that others may have made: its views, macros, defaults and indexes are code. An
 * instance can access only the given paths, loads no extensions, works in UTC, and no statement can change any of that.
 * An instance that writes or that gets further paths must have `:memory:` as `main`, because DuckDB accepts paths only
 * by a statement, and no file may be opened before that.
 *
 * @throws DuckDB's errors
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
    const connections = [connection];
    if (!isFile) {
      await connection.run(
        `SET allowed_paths = ${listLiteral(files)}; SET allowed_directories = ${listLiteral(folders)};
          SET enable_external_access = false`,
      );
    }
    await connection.run("SET GLOBAL TimeZone = 'UTC'; SET lock_configuration = true");
    return {
      connection,
      connect: async () => {
        const further = await instance.connect();
        connections.push(further);
        return further;
      },
      close: () => {
        for (const open of connections) open.closeSync();
        instance.closeSync();
      },
    };
  } catch (error) {
    instance.closeSync();
    throw error;
  }
}

/**
 * Makes bare names refer to DuckDB's own functions and the main schema of an attached database. DuckDB's come first, so
 * no macro in the file can replace one of them. Afterwards only temporary tables can be created by a bare name.
 */
export async function useDatabase(connection: DuckDBConnection, name: string): Promise<void> {
  await connection.run(`SET search_path = ${textLiteral(`system.main,${identifier(name)}.main`)}`);
}

/** An instance with its first connection. */
export interface OpenInstance {
  readonly connection: DuckDBConnection;
  /** Opens a further connection, which has its own search path. */
  connect(): Promise<DuckDBConnection>;
  /** Closes the instance and all its connections, which releases the locks of their files. */
  close(): void;
}

/** SQL: a text literal. */
export function textLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** SQL: a quoted identifier. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function listLiteral(texts: readonly string[]): string {
  return `[${texts.map(textLiteral).join(", ")}]`;
}
