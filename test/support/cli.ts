import { spawn, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import type { RunSummary } from "../../src/run/summary.js";

/** The built command, as npm's bin link runs it. */
export const CLI = fileURLToPath(new URL("../../dist/src/cli/main.js", import.meta.url));

/** What a finished command left. */
export interface CliResult {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** A command under way. */
export interface RunningCli {
  child: ChildProcess;
  done: Promise<CliResult>;
}

/** Starts the built CLI as a child process, free of the surrounding environment's BFA_ variables. */
export function startCli(args: readonly string[], env: NodeJS.ProcessEnv = {}, cwd = process.cwd()): RunningCli {
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("BFA_")));
  const child = spawn(process.execPath, [CLI, ...args], {
    env: { ...inherited, ...env },
    cwd,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const done = new Promise<CliResult>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      resolve({ code, signal, stdout, stderr });
    });
  });
  return { child, done };
}

/** Runs the built CLI to its end. */
export function runCli(args: readonly string[], env: NodeJS.ProcessEnv = {}, cwd?: string): Promise<CliResult> {
  return startCli(args, env, cwd).done;
}

/** The summary that a run printed with `--json`. */
export function summaryOf({ stdout, stderr }: CliResult): RunSummary {
  expect(stdout, stderr).not.toBe("");
  return JSON.parse(stdout) as RunSummary;
}
