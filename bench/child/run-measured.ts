import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import type { Usage } from "./usage.js";

const USAGE = new URL("usage.js", import.meta.url).href;

/** A Node process from start to exit. */
export interface MeasuredRun extends Usage {
  elapsedMs: number;
  /** From its start to its first output, or to its end if it has none, ms. */
  firstOutputMs: number;
  stdout: string;
}

/**
 * Runs a program of Node to its end.
 *
 * @param args the program's file and its arguments
 * @throws Error with its messages if it fails
 */
export async function runMeasured(args: readonly string[]): Promise<MeasuredRun> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, ["--import", USAGE, ...args], { stdio: ["ignore", "pipe", "pipe", "pipe"] });
  const [, out, err, used] = child.stdio as unknown as [null, Readable, Readable, Readable];
  let firstOutputAt: number | undefined;
  out.once("data", () => (firstOutputAt = performance.now()));
  const [stdout, stderr, usage] = await Promise.all([text(out), text(err), text(used), once(child, "exit")]);
  const endedAt = performance.now();
  if (child.exitCode !== 0)
    throw new Error(`${args.join(" ")} ended with ${String(child.exitCode)}: ${stderr}${stdout}`);
  return {
    ...(JSON.parse(usage) as Usage),
    elapsedMs: endedAt - startedAt,
    firstOutputMs: (firstOutputAt ?? endedAt) - startedAt,
    stdout,
  };
}
