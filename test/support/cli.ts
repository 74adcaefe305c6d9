import { spawn, type ChildProcessByStdio } from "node:child_process";
import type { Readable } from "node:stream";
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

/** A child process whose output is read. */
export type ListenedChild = ChildProcessByStdio<null, Readable, Readable>;

/** A command under way. */
export interface RunningCli {
  child: ListenedChild;
  done: Promise<CliResult>;
  /** Resolves once its stderr holds a text; rejects when it ends without. */
  said: (text: string) => Promise<void>;
}

/** Starts the built CLI as a child process, free of the surrounding environment's BFA_ variables. */
export function startCli(args: readonly string[], env: NodeJS.ProcessEnv = {}, cwd = process.cwd()): RunningCli {
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("BFA_")));
  return listenTo(
    spawn(process.execPath, [CLI, ...args], {
      env: { ...inherited, ...env },
      cwd,
      stdio: ["ignore", "pipe", "pipe"],
    }),
  );
}

/** Collects what a command says until it ends. */
export function listenTo(child: ListenedChild): RunningCli {
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
  const said = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (stderr.includes(text)) resolve();
      };
      child.stderr.on("data", look);
      child.once("close", () => {
        reject(new Error(`the command ended without saying ${JSON.stringify(text)}: ${stderr}`));
      });
      look();
    });
  return { child, done, said };
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
