import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import type { OptionDefinition } from "./command-page.js";
import { filePath } from "./readers.js";

/**
 * The database file when none is named: `binance-futures-availability/availability.duckdb` in the folder of
 * XDG_DATA_HOME, or in `~/.local/share` when that isn't set to an absolute path (the XDG base directory rules).
 * Undefined where there is neither: a user without HOME and without an entry in the password file, as in containers.
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

/** `--db`, as every command that works with a file has it. */
export const dbOption = {
  describe: "database file",
  string: true,
  requiresArg: true,
  coerce: filePath("db"),
  env: "BFA_DB",
  ...whenLeftOut(process.env["BFA_DB"] ?? defaultDatabase()),
} as const satisfies OptionDefinition;

/** yargs adds what it is told of a demanded option to its own "Missing required argument". */
function whenLeftOut(file: string | undefined): { default: string } | { demandOption: string } {
  return file === undefined
    ? { demandOption: "(there is no home folder to put it in: name it, or set BFA_DB)" }
    : { default: file };
}
