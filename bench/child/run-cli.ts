import { fileURLToPath } from "node:url";
import type { RunSummary } from "../../src/run/summary.js";
import type { BenchServer } from "../servers/server.js";
import { runMeasured } from "./run-measured.js";
import type { Usage } from "./usage.js";

const CLI = fileURLToPath(new URL("../../src/cli/main.js", import.meta.url));

/** A run of a command, from start to exit. Times in ms. */
export interface CliRun<Summary> extends Usage {
  elapsedMs: number;
  /** From the start of the process to the start of the run: Node, imports, arguments. */
  startMs: number;
  /** From the run's summary to the exit of the process. */
  exitMs: number;
  summary: Summary;
}

/**
 * Runs a command of the built CLI against a server, as a user would, and waits for its exit.
 *
 * @throws Error with its output if it didn't complete
 */
export async function runCli<Summary extends { elapsed_ms: number } = RunSummary>(
  server: BenchServer,
  db: string,
  args: readonly string[],
): Promise<CliRun<Summary>> {
  // A retry would hide our own failures.
  const where = ["--endpoint", server.url, "--db", db, "--json", "--retries", "0"];
  if (server.listUrl !== undefined) where.push("--list-endpoint", server.listUrl);
  if (server.caFile !== undefined) where.push("--ca", server.caFile);
  const { stdout, elapsedMs, firstOutputMs, ...usage } = await runMeasured([CLI, ...args, ...where]);
  const summary = JSON.parse(stdout) as Summary;
  return {
    ...usage,
    elapsedMs,
    startMs: firstOutputMs - summary.elapsed_ms,
    exitMs: elapsedMs - firstOutputMs,
    summary,
  };
}
