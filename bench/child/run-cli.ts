import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { RunSummary } from "../../src/run/summary.js";
import type { BenchServer } from "../servers/server.js";
import type { Usage } from "./usage.js";

const CLI = fileURLToPath(new URL("../../src/cli/main.js", import.meta.url));
const USAGE = new URL("usage.js", import.meta.url).href;

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
  const startedAt = performance.now();
  const child = spawn(process.execPath, ["--import", USAGE, CLI, ...args, ...where], {
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  const [, out, err, used] = child.stdio as unknown as [null, Readable, Readable, Readable];
  const closed = once(child, "close");
  let printedAt = startedAt;
  out.once("data", () => (printedAt = performance.now()));
  const [stdout, stderr, usage] = await Promise.all([text(out), text(err), text(used), once(child, "exit")]);
  const endedAt = performance.now();
  await closed;
  if (child.exitCode !== 0)
    throw new Error(`bfa ${args.join(" ")} ended with ${String(child.exitCode)}: ${stderr}${stdout}`);
  const summary = JSON.parse(stdout) as Summary;
  return {
    ...(JSON.parse(usage) as Usage),
    elapsedMs: endedAt - startedAt,
    startMs: printedAt - startedAt - summary.elapsed_ms,
    exitMs: endedAt - printedAt,
    summary,
  };
}
