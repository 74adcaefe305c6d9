import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import type { OptionDefinition } from "./command-page.js";
import { filePath } from "./readers.js";

/**
 * The default database file: `binance-futures-availability/availability.duckdb` in XDG_DATA_HOME, or in
 * `~/.local/share` if that isn't an absolute path (the XDG base directory rules). Undefined if there is neither: a user
 * without HOME and without an entry in the password file, as in containers.
 */
export function defaultDatabase(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const folder = env["XDG_DATA_HOME"];
  const data = folder !== undefined && isAbsolute(folder) ? folder : localShare();
  return data === undefined ? undefined : join(data, "binance-futures-availability", "availability.duckdb");
}

function localShare(): string | undefined {
  try {
    return join(homedir(), ".local", "share");
  } catch {
    return undefined;
  }
}

/** `--db` of every command that works with a database. Its variable is read when a command is parsed. */
export function dbOption() {
  return {
    describe: "database file",
    string: true,
    requiresArg: true,
    coerce: filePath("db"),
    env: "BFA_DB",
    // An empty variable counts as unset.
    ...defaultOrDemand(process.env["BFA_DB"] || defaultDatabase()),
  } as const satisfies OptionDefinition;
}

/** yargs appends the text of `demandOption` to its own "Missing required argument". */
function defaultOrDemand(file: string | undefined): { default: string } | { demandOption: string } {
  return file === undefined
    ? { demandOption: "(there is no home folder for a default: name a file, or set BFA_DB)" }
    : { default: file };
}
