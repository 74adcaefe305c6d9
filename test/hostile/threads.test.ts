import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Replica } from "../../src/replica/replica.js";
import { syntheticHistory } from "../../src/replica/synthetic.js";
import { startReplicaThread } from "../../src/threads/replica-thread.js";
import { dayAt, formatDay } from "../../src/calendar/day.js";
import { classifySymbol } from "../../src/vision/symbol.js";
import { runCli, type CliResult } from "../support/cli.js";
import { rowsOf, soundness, tableOf, temporaryFolder } from "../support/database.js";
import { truthOf } from "../support/truth.js";

const SABOTAGE = fileURLToPath(new URL("sabotage.cjs", import.meta.url));

const last = dayAt(Date.now()) - 10;
const first = last - 149;
const options = { seed: 5, symbols: 40, from: first, through: last };
const history = syntheticHistory(options);
const symbols = history.folders
  .map((folder) => folder.symbol)
  .filter((symbol) => classifySymbol(symbol).class !== "delivery");

let replica: Replica;
let folder: ReturnType<typeof temporaryFolder>;
let db: string;
let ca: string;

beforeAll(async () => {
  // A round trip makes a run last long enough to be broken in its middle.
  replica = await startReplicaThread({ history: { type: "synthetic", ...options }, rttMs: 30 });
});
afterAll(() => replica.close());
beforeEach(() => {
  folder = temporaryFolder();
  db = join(folder.path, "a.duckdb");
  ca = join(folder.path, "ca.pem");
  writeFileSync(ca, replica.ca);
});
afterEach(() => {
  folder.remove();
});

function backfill(source: "head" | "list", env: NodeJS.ProcessEnv = {}): Promise<CliResult> {
  const range = ["--from", formatDay(first), "--to", formatDay(last), "--source", source];
  return runCli(["backfill", "--json", "--symbols", symbols.join(","), ...range], {
    ...{ BFA_DB: db, BFA_ENDPOINT: replica.url, BFA_LIST_ENDPOINT: replica.listUrl, BFA_CA: ca },
    ...env,
  });
}

/** The run ended by itself, with one line that names the thread, and the file holds whole days only. */
async function expectOneLine({ code, signal, stdout, stderr }: CliResult, said: RegExp): Promise<void> {
  expect({ code, signal, stdout }, stderr).toEqual({ code: 1, signal: null, stdout: "" });
  expect(stderr.split("\n").filter((line) => line.startsWith("bfa: "))).toEqual([expect.stringMatching(said)]);
  expect(stderr).not.toContain("unexpected error");
  await expectWholeDays();
}

async function expectWholeDays(): Promise<void> {
  const partial = `SELECT date FROM daily_availability GROUP BY 1 HAVING count(*) <> ${symbols.length}`;
  expect(await rowsOf(db, partial)).toEqual([]);
  expect(await soundness(db)).toEqual({ wrongCounts: 0, duplicates: 0 });
}

async function expectGoesOn(): Promise<void> {
  expect(await backfill("list")).toMatchObject({ code: 0 });
  expect(await tableOf(db)).toEqual(truthOf(history, symbols, first, last));
}

describe("a prober thread that", () => {
  it.each([
    ["throws", /prober thread ended early: sabotage/],
    ["exits", /prober thread ended early: .*7/],
    ["fills", /prober thread ended early: .*memory/],
    ["stuck", /prober thread \d is stuck: no sign of life for 20 s/],
  ])("%s ends the run with whole days in the file", async (how, said) => {
    await expectOneLine(await backfill("head", sabotage(`prober ${how} 700ms`)), said);
  });
});

describe("a writer thread that", () => {
  it.each([
    ["throws", /writer thread failed: sabotage/],
    ["exits", /writer thread ended early \(exit code 7\)/],
    ["fills", /writer thread failed: .*memory/],
    ["stuck", /writer thread is stuck: no sign of life for 20 s/],
  ])("%s ends the run with whole days in the file, and the next run goes on", async (how, said) => {
    await expectOneLine(await backfill("head", sabotage(`writer ${how} idle:50`)), said);
    await expectGoesOn();
  });

  it("throws during a call of DuckDB ends the run in the same way", async () => {
    await expectOneLine(await backfill("head", sabotage("writer throws busy:50")), /writer thread failed: sabotage/);
    await expectGoesOn();
  });

  it("is killed during a call of DuckDB leaves whole days in the file", async () => {
    const { code, signal } = await backfill("head", sabotage("writer exits busy:50"));
    // DuckDB's binding aborts a process whose thread is gone when its call returns.
    expect(["1", "SIGABRT"]).toContain(signal ?? String(code));
    await expectWholeDays();
    await expectGoesOn();
  });

  it("throws while the file is being opened ends the run before any probe", async () => {
    const result = await backfill("head", sabotage("writer throws 0ms"));
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(/^bfa: the writer thread failed: sabotage$/m);
    await expectGoesOn();
  });
});

function sabotage(what: string): NodeJS.ProcessEnv {
  return { NODE_OPTIONS: `--require ${SABOTAGE}`, BFA_SABOTAGE: what };
}
