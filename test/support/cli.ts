import { fork, spawn, type ChildProcess, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import type { Socket } from "node:net";
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
  /** Without the lines of progress, which come every ten seconds: how many is up to the machine. */
  stderr: string;
}

const PROGRESS = /^bfa: (?:(?:planning|writing|publishing) \.\.\., \d+ s|\d+%, .*)\n/gm;

function withoutProgress(stderr: string): string {
  return stderr.replace(PROGRESS, "");
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

/** Collects what a command says until it ends. */
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

/** Runs the built CLI to its end, as a process of its own. */
export function runAlone(args: readonly string[], env: NodeJS.ProcessEnv = {}, cwd?: string): Promise<CliResult> {
  return startCli(args, env, cwd).done;
}

const KEPT = fileURLToPath(new URL("kept-process.cjs", import.meta.url));
/** Follows what a command printed; no command prints a NUL. */
const MARK = "\0end\0";
let kept: { child: ChildProcess; env: string } | undefined;
let last: Promise<unknown> = Promise.resolve();

/**
 * Runs the built CLI in a process that goes on to the next command line in the same environment, for tests of what a
 * command says and does. What depends on the process (signals, its end, its memory, `NODE_OPTIONS`, a terminal) takes
 * {@link runAlone}.
 */
export function runCli(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<CliResult> {
  const result = last.then(() => runNext(args, env));
  last = result.catch(() => undefined);
  return result;
}

async function runNext(args: readonly string[], env: NodeJS.ProcessEnv): Promise<CliResult> {
  const child = keptFor(env);
  const ends = [child, child.channel, child.stdout as Socket, child.stderr as Socket];
  // It keeps this process alive while it works only.
  for (const end of ends) end?.ref();
  const ended = new AbortController();
  const { signal } = ended;
  try {
    const said = Promise.all([
      once(child, "message", { signal }) as Promise<[number]>,
      untilMark(child.stdout as Socket),
      untilMark(child.stderr as Socket),
    ]);
    const exit = once(child, "exit", { signal }).then(([code, name]) => {
      throw new Error(`the kept process ended (${String(name ?? code)}) at ${args.join(" ")}`);
    });
    child.send({ args, mark: MARK });
    const [[code], stdout, stderr] = await Promise.race([said, exit]);
    return { code, signal: null, stdout, stderr: withoutProgress(stderr) };
  } finally {
    ended.abort();
    for (const end of ends) end?.unref();
  }
}

/** What a stream gives before the mark. */
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

/** Its environment is read when its modules are loaded, so another one takes another process. */
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
