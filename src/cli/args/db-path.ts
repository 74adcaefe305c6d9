import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/**
 * The database file when none is named: `binance-futures-availability/availability.duckdb` in the folder of
 * XDG_DATA_HOME, or in `~/.local/share` when that isn't set to an absolute path (the XDG base directory rules).
 */
export function defaultDatabase(env: NodeJS.ProcessEnv = process.env): string {
  const folder = env["XDG_DATA_HOME"];
  const data = folder !== undefined && isAbsolute(folder) ? folder : join(homedir(), ".local", "share");
  return join(data, "binance-futures-availability", "availability.duckdb");
}
