import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);

/** Machine and software of a measurement. */
export interface Machine {
  cores: number;
  cpu: string;
  memoryGiB: number;
  system: string;
  node: string;
  duckdb: string;
  undici: string;
  /** Commit of the checkout, with `+` if files differ from it; otherwise the package's version. */
  commit: string;
  /** Load average of the last minute at the start; above 0, other processes were running. */
  load: number;
}

/** Current facts about this machine. */
export function describeMachine(): Machine {
  const cpus = os.cpus();
  return {
    cores: os.availableParallelism(),
    cpu: cpus[0]?.model.trim() ?? "unknown",
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    node: process.version,
    duckdb: versionOf("@duckdb/node-api"),
    undici: versionOf("undici"),
    commit: commit() ?? `version ${ownVersion()}`,
    load: Math.round((os.loadavg()[0] ?? 0) * 100) / 100,
  };
}

/** The machine in one line. */
export function machineLine(machine: Machine): string {
  const { cores, cpu, memoryGiB, system, node, duckdb, undici, commit } = machine;
  return `${cores} cores (${cpu}), ${memoryGiB} GiB, ${system}, Node ${node}, DuckDB ${duckdb}, undici ${undici}, ${commit}`;
}

function versionOf(name: string): string {
  return (require(`${name}/package.json`) as { version: string }).version;
}

function ownVersion(): string {
  return (require("binance-futures-availability/package.json") as { version: string }).version;
}

/** The checkout's commit, if this is a checkout. */
function commit(): string | undefined {
  const cwd = fileURLToPath(new URL("../../..", import.meta.url));
  // An installed package may be inside somebody else's repository.
  if (!existsSync(`${cwd}.git`)) return undefined;
  const git = (...args: string[]) => execFileSync("git", args, { cwd, encoding: "utf8", stdio: "pipe" }).trim();
  try {
    const changed = git("status", "--porcelain", "--untracked-files=no") !== "";
    return `commit ${git("rev-parse", "--short", "HEAD")}${changed ? "+" : ""}`;
  } catch {
    return undefined;
  }
}
