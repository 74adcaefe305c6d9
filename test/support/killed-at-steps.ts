import { once } from "node:events";
import { copyFileSync, readdirSync, readFileSync, rmSync, watch } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { openReader } from "../../src/store/open.js";
import { LIMIT_MS, patient, runCli, startCli, type CliResult, type RunningCli } from "./cli.js";
import { WRONG_COUNTS } from "./database.js";
import { ask } from "./store.js";

const PRELOAD = fileURLToPath(new URL("at-step.cjs", import.meta.url));

/** What a reader sees in a file: its rows without their probe times, its counts, and the days with wrong counts. */
const STATE = `
  SELECT count(*), bit_xor(hash(date, symbol, available, file_size_bytes, last_modified))::VARCHAR,
    (SELECT sum(probed_count) FROM daily_symbol_counts), (SELECT sum(available_count) FROM daily_symbol_counts),
    (${WRONG_COUNTS})
  FROM daily_availability`;

/** The state of a file as seen by a reader that opens it. */
export async function stateOf(file: string): Promise<string> {
  const reader = await openReader(file);
  try {
    return JSON.stringify(await ask(reader, STATE));
  } finally {
    await reader.close();
  }
}

/** A command that works on a file, and the file that it starts with. */
export interface Crash {
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  /** Path of the file. */
  db: string;
  /** A file that is copied to `db` first. */
  base: string;
}

/** Starts a command that gets a signal at a moment: `<step> <nth> before|within|after`. */
export function startAt({ args, env }: Pick<Crash, "args" | "env">, at: string, signal: NodeJS.Signals): RunningCli {
  return startCli(args, preloaded(env, { at, signal }));
}

function preloaded(env: NodeJS.ProcessEnv, what: object): NodeJS.ProcessEnv {
  const { NODE_OPTIONS, ...limits } = patient(LIMIT_MS);
  return {
    ...env,
    ...limits,
    NODE_OPTIONS: `${NODE_OPTIONS} --require ${PRELOAD}`,
    BFA_AT_STEP: JSON.stringify(what),
  };
}

/** The steps of a command, in order, as `<name> <nth>`, and the state of the file afterwards. */
export async function stepsOf({ args, env, db, base }: Crash): Promise<{ steps: string[]; after: string }> {
  copyFileSync(base, db);
  const log = `${db}.steps`;
  const whole = await startCli(args, preloaded(env, { log })).done;
  expect(whole.code, whole.stderr).toBe(0);
  const steps = readFileSync(log, "utf8").trimEnd().split("\n");
  rmSync(log);
  return { steps, after: await stateOf(db) };
}

/** Signals that ask a command to end, and when it gets them: early, in a transaction, and just before publishing. */
export function signalMoments(steps: readonly string[]): [[string, NodeJS.Signals], ...[string, NodeJS.Signals][]] {
  const last = steps.findLast((step) => step.startsWith("rename"));
  return [
    ["copy 1 within", "SIGINT"],
    ["commit 1 within", "SIGTERM"],
    [`${last} before`, "SIGHUP"],
  ];
}

/** Sends a command a signal at a moment, and expects it to end either complete or interrupted. */
export async function expectWholeAfter(crash: Crash, at: string, signal: NodeJS.Signals): Promise<void> {
  copyFileSync(crash.base, crash.db);
  const { code, stderr } = await startAt(crash, at, signal).done;
  expect([0, 130], `${signal} at ${at}: ${stderr}`).toContain(code);
}

/** Steps that only start something, which continues outside JavaScript. */
const LASTING = /^(?:copy|fsync|commit|checkpoint|detach) /;

/** All moments of the given steps. */
export function allMoments(steps: readonly string[]): string[] {
  return steps.flatMap((step) => {
    const moments = LASTING.test(step) ? ["before", "within", "after"] : ["before", "after"];
    return moments.map((moment) => `${step} ${moment}`);
  });
}

/**
 * One moment for each named step: `within` (or `before`) its first occurrence, or `after` its last one. Two commands
 * whose `place` differs by one make opposite choices.
 */
export function someMoments(steps: readonly string[], place: number): string[] {
  const names = [...new Set(steps.map((step) => step.split(" ")[0]))];
  return names.map((name, index) => {
    const own = steps.filter((step) => step.startsWith(`${name} `));
    if ((index + place) % 2 === 0) return `${own.at(-1)} after`;
    return `${own[0]} ${LASTING.test(`${name} `) ? "within" : "before"}`;
  });
}

/**
 * Kills a command at each of the moments, each time starting it again on what the killed one left, until it completes.
 * Meanwhile a reader opens the file whenever something changes in its folder.
 *
 * @returns number of killed commands
 */
export async function killAtEach(crash: Crash, moments: readonly string[], after: string): Promise<number> {
  const { args, env, db, base } = crash;
  const restore = () => {
    for (const name of readdirSync(dirname(db))) {
      if (name.startsWith(".a.duckdb")) rmSync(join(dirname(db), name), { recursive: true });
    }
    copyFileSync(base, db);
  };
  const before = await stateOf(base);
  let killed = 0;
  const killedAt = async (moment: string): Promise<boolean> => {
    const result = await watched(startAt(crash, moment, "SIGKILL").done, db, [before, after], moment);
    if (result.signal === "SIGKILL") return true;
    expect(result, `${moment}: ${result.stderr}`).toMatchObject({ code: 0 });
    return false;
  };
  const finish = async (moment: string) => {
    const result = await watched(runCli(args, env), db, [before, after], `after ${moment}`);
    expect(result.code, `after ${moment}: ${result.stderr}`).toBe(0);
    expect(await stateOf(db), `after ${moment}`).toBe(after);
    expect(leftIn(db), `after ${moment}`).toEqual([".a.duckdb.lock", "a.duckdb"]);
  };
  restore();
  let pending: string | undefined;
  for (const moment of moments) {
    let isKilled = await killedAt(moment);
    if (!isKilled) {
      // The remaining work doesn't include this step, so start from the base.
      restore();
      isKilled = await killedAt(moment);
    }
    if (isKilled) killed++;
    pending = moment;
    if ((await stateOf(db)) === before) continue;
    await finish(moment);
    restore();
    pending = undefined;
  }
  if (pending !== undefined) await finish(pending);
  return killed;
}

/** The files next to a file, for tests that don't share its folder. */
function leftIn(db: string): string[] {
  return readdirSync(dirname(db)).filter((name) => name.includes("a.duckdb"));
}

/**
 * Waits for a command while a reader opens the file, immediately and after each change in its folder. It must see a
 * known state each time.
 */
async function watched(done: Promise<CliResult>, db: string, states: string[], what: string): Promise<CliResult> {
  const folder = watch(dirname(db));
  const ended = done.then(() => true);
  try {
    for (let isDone = false; !isDone;) {
      // Listened for before the read, so that no change during it is missed.
      const changed = once(folder, "change").then(() => false);
      expect(states, what).toContain(await stateOf(db));
      isDone = await Promise.race([ended, changed]);
    }
  } finally {
    folder.close();
  }
  return done;
}
