import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect } from "vitest";
import { dayAt, formatDay } from "../../src/calendar/day.js";
import { runAlone, type CliResult } from "../support/cli.js";
import { rowsOf, soundness, tableOf } from "../support/database.js";
import { replicaTest, syntheticWorld } from "../support/fixture.js";
import { truthOf } from "../support/truth.js";
import { copyToLookAt, written } from "../support/working-copy.js";

const SABOTAGE = fileURLToPath(new URL("sabotage.cjs", import.meta.url));

// Old enough that no cell probed today is due again.
const last = dayAt(Date.now()) - 90;
const first = last - 49;
const { history, symbols, source } = syntheticWorld({ seed: 5, symbols: 10, from: first, through: last });

const BACKFILL = [
  ...["backfill", "--json", "--symbols", symbols.join(","), "--from", formatDay(first), "--to", formatDay(last)],
  "--source",
];

const it = replicaTest({
  history: source,
  // The round trip and the few connections make a run long enough to be broken in the middle by something that only
  // checks now and then.
  rttMs: 30,
})
  .extend("backfill", ({ env }) => (extra: NodeJS.ProcessEnv): Promise<CliResult> => {
    return runAlone([...BACKFILL, "head", "--connections", "8"], { ...env, ...extra });
  })
  /** A writer thread that ended early published nothing: then the rows are in the copy that the next run continues. */
  .extend("expectWholeDays", ({ db, folder }) => async () => {
    const copy = copyToLookAt(written(db), join(folder, "looked-at.duckdb"));
    const sizes = "SELECT DISTINCT count(*)::INTEGER FROM daily_availability GROUP BY date";
    expect(await rowsOf(copy, sizes)).toEqual([[symbols.length]]);
    expect(await soundness(copy)).toEqual({ wrongCounts: 0, duplicates: 0 });
  })
  /** The run ended by itself, with one line that names the thread, and the file holds whole days only. */
  .extend("expectOneLine", ({ expectWholeDays }) => async (result: CliResult, message: RegExp) => {
    const { code, signal, stdout, stderr } = result;
    expect({ code, signal, stdout }, stderr).toEqual({ code: 1, signal: null, stdout: "" });
    expect(stderr.split("\n").filter((line) => line.startsWith("bfa: "))).toEqual([expect.stringMatching(message)]);
    expect(stderr).not.toContain("unexpected error");
    await expectWholeDays();
  })
  .extend("expectGoesOn", ({ bfa, db }) => async () => {
    expect(await bfa(...BACKFILL, "list")).toMatchObject({ code: 0 });
    expect(await tableOf(db)).toEqual(truthOf(history, symbols, first, last));
  });

describe("a prober thread that", () => {
  it.for<[how: string, message: RegExp]>([
    ["throws", /prober thread ended early: sabotage/],
    ["exits", /prober thread ended early: .*7/],
    ["fills", /prober thread ended early: .*memory/],
    ["stuck", /prober thread \d is stuck: no sign of life for 20 s/],
  ])("%s ends the run with whole days in the file", async ([how, message], { backfill, expectOneLine }) => {
    await expectOneLine(await backfill(sabotage(`prober ${how} units:5`)), message);
  });
});

describe("a writer thread that", () => {
  it.for<[how: string, message: RegExp]>([
    ["throws", /writer thread failed: sabotage/],
    ["exits", /writer thread ended early \(exit code 7\)/],
    ["fills", /writer thread failed: .*memory/],
    ["stuck", /writer thread is stuck: no sign of life for 20 s/],
  ])(
    "%s ends the run with whole days in the file, and the next run continues",
    async ([how, message], { backfill, expectOneLine, expectGoesOn }) => {
      await expectOneLine(await backfill(sabotage(`writer ${how} idle:5`)), message);
      await expectGoesOn();
    },
  );

  it("throws during a DuckDB call ends the run in the same way", async ({ backfill, expectOneLine, expectGoesOn }) => {
    await expectOneLine(await backfill(sabotage("writer throws busy:5")), /writer thread failed: sabotage/);
    await expectGoesOn();
  });

  it("is killed during a DuckDB call leaves whole days in the file", async ({
    backfill,
    expectWholeDays,
    expectGoesOn,
  }) => {
    const { code, signal } = await backfill(sabotage("writer exits busy:5"));
    // DuckDB's binding aborts the process if the thread is gone when its call returns.
    expect(["1", "SIGABRT"]).toContain(signal ?? String(code));
    await expectWholeDays();
    await expectGoesOn();
  });

  it("throws while the file is being opened ends the run before any probe", async ({ backfill, expectGoesOn }) => {
    const result = await backfill(sabotage("writer throws 0ms"));
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(/^bfa: the writer thread failed: sabotage$/m);
    await expectGoesOn();
  });
});

function sabotage(what: string): NodeJS.ProcessEnv {
  return { NODE_OPTIONS: `--require ${SABOTAGE}`, BFA_SABOTAGE: what };
}
