import { closeSync, existsSync, openSync, readSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { UsageError } from "../../errors.js";

/** A file, by its absolute path. */
interface FileDestination {
  kind: "file";
  file: string;
}

/** Where an answer goes. */
export type Destination = { kind: "stdout" } | FileDestination;

/** Values of `--out` that mean stdout. */
const STDOUT = ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"];

/** The bytes at offset 8 of every DuckDB file. */
const DUCKDB_MAGIC = "DUCK";

/**
 * The destination that `--out` names; stdout when it isn't given.
 *
 * @throws UsageError when it can't be written to: a folder, a device, a pipe, a DuckDB file or its log.
 */
export function destinationOf(out: string | undefined): Destination {
  return out === undefined || STDOUT.includes(out) ? { kind: "stdout" } : fileDestination("out", out);
}

/**
 * The output file that an option names.
 *
 * @param name of the option
 * @throws UsageError as {@link destinationOf}
 */
export function fileDestination(name: string, out: string): FileDestination {
  const file = resolve(out);
  // The rename at the end would replace a device or a pipe with a regular file.
  if (existsSync(file) && !statSync(file).isFile()) {
    throw new UsageError(`--${name} ${out} exists and is not a regular file`);
  }
  if (isDatabase(file)) throw new UsageError(`--${name} ${out} is a DuckDB database: name another file`);
  if (file.endsWith(".wal") && isDatabase(file.slice(0, -".wal".length))) {
    throw new UsageError(`--${name} ${out} is the log of a DuckDB database: name another file`);
  }
  return { kind: "file", file };
}

/** @throws UsageError when a destination is a terminal, and the format is not text */
export function refuseTerminal(destination: Destination, format: string | undefined): void {
  if (format !== "parquet" || destination.kind !== "stdout" || !process.stdout.isTTY) return;
  throw new UsageError("parquet can't be shown on a terminal: name a file with --out, or write to a pipe");
}

function isDatabase(file: string): boolean {
  if (!existsSync(file)) return false;
  const start = Buffer.alloc(12);
  let descriptor;
  try {
    descriptor = openSync(file, "r");
    readSync(descriptor, start, 0, start.length, 0);
  } catch (error) {
    // An unreadable file could be the database.
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${file} can't be written: ${reason}`, { cause: error });
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
  return start.subarray(8).toString("latin1") === DUCKDB_MAGIC;
}
