import { fork, spawn, type ChildProcess, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import type { Socket } from "node:net";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import type { RunSummary } from "../../src/run/summary.js";

/** Path of the built command, which npm's bin link runs. */
export const CLI = fileURLToPath(new URL("../../dist/src/cli/main.js", import.meta.url));

/** Result of a finished command. */
export interface CliResult {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  /** Without the progress lines: one is printed every ten seconds, so their number depends on the machine. */
  stderr: string;
}

const PROGRESS = /^bfa: (?:(?:planning|writing|publishing) \.\.\., \d+ s|\d+%, .*)\n/gm;

function withoutProgress(stderr: string): string {
  return stderr.replace(PROGRESS, "");
}

/** A child process whose output is read. */
export type ListenedChild = ChildProcessByStdio<null, Readable, Readable>;

/** A running command. */
export interface RunningCli {
  child: ListenedChild;
  done: Promise<CliResult>;
  /** Resolves once its stderr contains a text; rejects if the command ends without it. */
  untilPrinted: (text: string) => Promise<void>;
}

/** Starts the built CLI as a child process, without the BFA_ variables of this process. */
export function startCli(args: readonly string[], env: NodeJS.ProcessEnv = {}, cwd = process.cwd()): RunningCli {
  return listenTo(
    spawn(process.execPath, [CLI, ...args], {
      env: environment(env),
      cwd,
      stdio: ["ignore", "pipe", "pipe"],
    }),
  );
}

function environment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("BFA_")));
  return { ...inherited, ...env };
}

/**
 * Environment of a process that `npm run coverage` doesn't measure, because it may not write the result, or has too
 * little memory for it. Node passes its variable on even where a test gives the whole environment.
 */
export const UNMEASURED: NodeJS.ProcessEnv = { NODE_V8_COVERAGE: "" };

/** Options of a run that waits for its answers, however long the test or a slow machine delays them. */
export const UNHURRIED = ["--timeout", "600000"] as const;

const PATIENT = fileURLToPath(new URL("patient.cjs", import.meta.url));

/** Time after which a run abandons its work once a signal has come, ms. */
export const GRACE_MS = 4000;

/** Time after which SIGTERM or SIGHUP ends a command, whatever it does, ms. */
export const LIMIT_MS = 9000;

/** Environment of a command for which these time limits never come. */
export function patient(...limits: readonly number[]): NodeJS.ProcessEnv {
  return { NODE_OPTIONS: `--require ${PATIENT}`, BFA_PATIENT: limits.join(",") };
}

/** Collects the output of a command until it ends. */
export function listenTo(child: ListenedChild): RunningCli {
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const done = new Promise<CliResult>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      resolve({ code, signal, stdout, stderr: withoutProgress(stderr) });
    });
  });
  const untilPrinted = (text: string) =>
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
  return { child, done, untilPrinted };
}

/** Runs the built CLI in a separate process and waits for its end. */
export function runAlone(args: readonly string[], env: NodeJS.ProcessEnv = {}, cwd?: string): Promise<CliResult> {
  return startCli(args, env, cwd).done;
}

const KEPT = fileURLToPath(new URL("kept-process.cjs", import.meta.url));
/** Marks the end of a command's output; no command prints a NUL. */
const MARK = "\0end\0";
let kept: { child: ChildProcess; env: string } | undefined;
let last: Promise<unknown> = Promise.resolve();

/**
 * Runs the built CLI in a process that is reused for further command lines, unless their environment differs in more
 * than the BFA_ variables. Use {@link runAlone} for whatever depends on the process: signals, its exit, its memory,
 * `NODE_OPTIONS`, a terminal.
 */
export function runCli(args: readonly string[], env: NodeJS.ProcessEnv = {}, cwd = process.cwd()): Promise<CliResult> {
  const result = last.then(() => runNext(args, env, cwd));
  last = result.catch(() => undefined);
  return result;
}

async function runNext(args: readonly string[], env: NodeJS.ProcessEnv, cwd: string): Promise<CliResult> {
  const isOwn = ([name]: [string, string | undefined]) => name.startsWith("BFA_");
  const own = Object.fromEntries(Object.entries(env).filter(isOwn));
  const others = Object.fromEntries(Object.entries(env).filter((entry) => !isOwn(entry)));
  // A file that is preloaded reads its BFA_ variable when the process starts.
  const child = keptFor(env["NODE_OPTIONS"] === undefined ? others : env);
  const ends = [child, child.channel, child.stdout as Socket, child.stderr as Socket];
  // The child keeps this process alive only while it runs a command.
  for (const end of ends) end?.ref();
  const ended = new AbortController();
  const { signal } = ended;
  try {
    const output = Promise.all([
      once(child, "message", { signal }) as Promise<[number]>,
      untilMark(child.stdout as Socket),
      untilMark(child.stderr as Socket),
    ]);
    const exit = once(child, "exit", { signal }).then(([code, name]) => {
      throw new Error(`the kept process ended (${String(name ?? code)}) at ${args.join(" ")}`);
    });
    child.send({ args, env: own, cwd, mark: MARK });
    const [[code], stdout, stderr] = await Promise.race([output, exit]);
    return { code, signal: null, stdout, stderr: withoutProgress(stderr) };
  } finally {
    ended.abort();
    for (const end of ends) end?.unref();
  }
}

/** The output of a stream before the mark. */
function untilMark(stream: Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    const onData = (piece: string): void => {
      text += piece;
      if (!text.endsWith(MARK)) return;
      stream.off("data", onData);
      resolve(text.slice(0, -MARK.length));
    };
    stream.setEncoding("utf8").on("data", onData);
  });
}

/** What Node, its modules and DuckDB read from the environment when they start needs a process of its own. */
function keptFor(env: NodeJS.ProcessEnv): ChildProcess {
  const wanted = JSON.stringify(env);
  if (kept?.env === wanted && kept.child.connected) return kept.child;
  kept?.child.disconnect();
  const child = fork(KEPT, [CLI], { env: environment(env), execArgv: [], silent: true });
  kept = { child, env: wanted };
  return child;
}

/** The summary that a run printed with `--json`. */
export function summaryOf({ stdout, stderr }: CliResult): RunSummary {
  expect(stdout, stderr).not.toBe("");
  return JSON.parse(stdout) as RunSummary;
}
