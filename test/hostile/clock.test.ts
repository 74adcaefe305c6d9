import { fileURLToPath } from "node:url";
import { describe, expect } from "vitest";
import type { RunSummary } from "../../src/run/summary.js";
import { dayOf } from "../../src/calendar/day.js";
import { runCli } from "../support/cli.js";
import { rowsOf, soundness, tableOf } from "../support/database.js";
import { replicaTest, syntheticWorld } from "../support/fixture.js";
import { truthOf } from "../support/truth.js";

const CLOCK = fileURLToPath(new URL("clock.cjs", import.meta.url));

// Around the ends of summer time in Europe and America, the leap day, and New Year.
const { history, symbols, source } = syntheticWorld({
  seed: 11,
  symbols: 4,
  from: dayOf("2023-10-20"),
  through: dayOf("2024-04-05"),
});

const it = replicaTest({ history: source }).extend(
  "runWith",
  ({ env }) =>
    async (args: readonly string[], clocked: NodeJS.ProcessEnv): Promise<RunSummary> => {
      const all = [...args, "--json", "--symbols", symbols.join(",")];
      const { code, stdout, stderr } = await runCli(all, { ...env, ...clocked });
      expect(code, stderr).toBe(0);
      return JSON.parse(stdout) as RunSummary;
    },
);

function clock(start: string, speed = 1): NodeJS.ProcessEnv {
  return { NODE_OPTIONS: `--require ${CLOCK}`, BFA_CLOCK: `${start} ${speed}` };
}

describe("dates are UTC", () => {
  it.for(["Pacific/Kiritimati", "America/St_Johns"])("in %s", async (TZ, { db, env, runWith }) => {
    const range = ["--from", "2023-10-25", "--to", "2024-04-02"];
    await runWith(["backfill", ...range, "--source", "list"], { TZ });
    expect(await tableOf(db)).toEqual(truthOf(history, symbols, dayOf("2023-10-25"), dayOf("2024-04-02")));
    await runWith(["update", "--date", "2024-03-31"], { TZ });
    expect(await rowsOf(db, "SELECT count(*)::INT FROM changes")).toEqual([[0]]);
    const query = await runCli(["query", "counts", "2024-03-30", "2024-03-31", "--format", "json"], { ...env, TZ });
    const { rows: days } = JSON.parse(query.stdout) as { rows: { date: string }[] };
    expect(days.map(({ date }) => date)).toEqual(["2024-03-30", "2024-03-31"]);
  });
});

describe("midnight UTC", () => {
  it.for<[start: string, last: string]>([
    ["2024-03-01T00:00:00.000Z", "2024-02-29"],
    ["2024-02-29T23:59:30.000Z", "2024-02-28"],
    ["2024-01-01T00:00:00.001Z", "2023-12-31"],
    // The second before it may be a leap second, which no computer's clock shows.
    ["2024-01-01T00:00:59.999Z", "2023-12-31"],
  ])("at %s, the last complete day is %s", async ([start, last], { db, runWith }) => {
    const { to } = await runWith(["update", "--lookback", "1"], clock(start));
    expect(to).toBe(last);
    expect(await tableOf(db)).toEqual(truthOf(history, symbols, dayOf(last), dayOf(last)));
  });

  it("that passes during a run doesn't move the run's days", async ({ db, runWith }) => {
    // Starting a command takes some tenths of a second: at this speed, midnight comes while it runs.
    const { from, to } = await runWith(["update", "--lookback", "2"], clock("2024-02-29T23:00:00.000Z", 3600));
    // How many days have passed when the run reads the clock depends on the machine.
    expect(to >= "2024-02-28").toBe(true);
    expect(dayOf(to) - dayOf(from)).toBe(1);
    expect(await tableOf(db)).toEqual(truthOf(history, symbols, dayOf(from), dayOf(to)));
  });
});

describe("a clock that runs backwards", () => {
  it("leaves the truth in the file, and a day provisional until it was probed late enough", async ({ db, runWith }) => {
    const backwards = clock("2024-03-10T12:00:00.000Z", -3600 * 24);
    const summary = await runWith(["backfill", "--from", "2024-03-01", "--to", "2024-03-02"], backwards);
    expect(summary.outcome).toBe("whole");
    expect(summary.elapsed_ms).toBeGreaterThan(0);
    expect(await tableOf(db)).toEqual(truthOf(history, symbols, dayOf("2024-03-01"), dayOf("2024-03-02")));
    expect(await soundness(db)).toEqual({ wrongCounts: 0, duplicates: 0 });
    // A run with a sound clock corrects what the wandering clock caused.
    const after = await runWith(
      ["backfill", "--from", "2024-03-01", "--to", "2024-03-02"],
      clock("2024-06-01T12:00:00.000Z"),
    );
    expect(["whole", "nothing-to-do"]).toContain(after.outcome);
    expect(after.conditions).toEqual([{ condition: "final", from: "2024-03-01", to: "2024-03-02" }]);
    expect(await tableOf(db)).toEqual(truthOf(history, symbols, dayOf("2024-03-01"), dayOf("2024-03-02")));
  });

  it("that is years behind loses nothing", async ({ db, runWith }) => {
    await runWith(["update", "--date", "2024-03-01"], clock("2024-03-20T12:00:00.000Z"));
    const before = await tableOf(db);
    await runWith(["update", "--lookback", "2"], clock("2024-01-10T12:00:00.000Z"));
    expect((await tableOf(db)).filter((row) => row.startsWith("2024-03-01"))).toEqual(before);
    expect(await soundness(db)).toEqual({ wrongCounts: 0, duplicates: 0 });
  });
});
