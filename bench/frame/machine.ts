import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);

/** Where and with what something was measured. */
export interface Machine {
  cores: number;
  cpu: string;
  memoryGiB: number;
  system: string;
  node: string;
  duckdb: string;
  undici: string;
  /** Commit of the checkout, with `+` when files differ from it; else the package's version. */
  commit: string;
  /** Load of the last minute when the measuring began: above 0 others were at work. */
  load: number;
}

/** Facts of this machine, now. */
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

/** The checkout's commit, when this is one. */
function commit(): string | undefined {
  const cwd = fileURLToPath(new URL("../../..", import.meta.url));
  // Installed as a package, the folder may lie in somebody else's repository.
  if (!existsSync(`${cwd}.git`)) return undefined;
  const git = (...args: string[]) => execFileSync("git", args, { cwd, encoding: "utf8", stdio: "pipe" }).trim();
  try {
    const changed = git("status", "--porcelain", "--untracked-files=no") !== "";
    return `commit ${git("rev-parse", "--short", "HEAD")}${changed ? "+" : ""}`;
  } catch {
    return undefined;
  }
}
