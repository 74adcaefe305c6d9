import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { RunSummary } from "../../src/run/summary.js";
import type { Replica } from "../../src/replica/replica.js";
import { syntheticHistory } from "../../src/replica/synthetic.js";
import { startReplicaThread } from "../../src/threads/replica-thread.js";
import { dayOf } from "../../src/calendar/day.js";
import { classifySymbol } from "../../src/vision/symbol.js";
import { runCli } from "../support/cli.js";
import { rowsOf, soundness, tableOf, temporaryFolder } from "../support/database.js";
import { truthOf } from "../support/truth.js";

const CLOCK = fileURLToPath(new URL("clock.cjs", import.meta.url));

// Around the ends of summer time in Europe and America, the leap day, and New Year.
const options = { seed: 11, symbols: 12, from: dayOf("2023-10-20"), through: dayOf("2024-04-05") };
const history = syntheticHistory(options);
const symbols = history.folders
  .map((folder) => folder.symbol)
  .filter((symbol) => classifySymbol(symbol).class !== "delivery");

let replica: Replica;
let folder: ReturnType<typeof temporaryFolder>;
let db: string;
let ca: string;

beforeAll(async () => {
  replica = await startReplicaThread({ history: { type: "synthetic", ...options } });
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

async function bfa(args: readonly string[], env: NodeJS.ProcessEnv): Promise<RunSummary> {
  const where = { BFA_DB: db, BFA_ENDPOINT: replica.url, BFA_LIST_ENDPOINT: replica.listUrl, BFA_CA: ca };
  const { code, stdout, stderr } = await runCli([...args, "--json", "--symbols", symbols.join(",")], {
    ...where,
    ...env,
  });
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as RunSummary;
}

function clock(start: string, speed = 1): NodeJS.ProcessEnv {
  return { NODE_OPTIONS: `--require ${CLOCK}`, BFA_CLOCK: `${start} ${speed}` };
}

describe("dates are UTC", () => {
  it.each(["Pacific/Kiritimati", "America/St_Johns"])("in %s", async (TZ) => {
    const range = ["--from", "2023-10-25", "--to", "2024-04-02"];
    await bfa(["backfill", ...range, "--source", "list"], { TZ });
    expect(await tableOf(db)).toEqual(truthOf(history, symbols, dayOf("2023-10-25"), dayOf("2024-04-02")));
    await bfa(["update", "--date", "2024-03-31"], { TZ });
    expect(await rowsOf(db, "SELECT count(*)::INT FROM replacements")).toEqual([[0]]);
    const query = await runCli(["query", "counts", "2024-03-30", "2024-03-31", "--db", db, "--format", "json"], {
      TZ,
    });
    const { rows: days } = JSON.parse(query.stdout) as { rows: { date: string }[] };
    expect(days.map(({ date }) => date)).toEqual(["2024-03-30", "2024-03-31"]);
  });
});

describe("midnight UTC", () => {
  it.each([
    ["2024-03-01T00:00:00.000Z", "2024-02-29"],
    ["2024-02-29T23:59:30.000Z", "2024-02-28"],
    ["2024-01-01T00:00:00.001Z", "2023-12-31"],
    // The second before it may be a leap second, which no clock of a computer shows.
    ["2024-01-01T00:00:59.999Z", "2023-12-31"],
  ])("at %s the last day that is over is %s", async (start, last) => {
    const { to } = await bfa(["update", "--lookback", "1"], clock(start));
    expect(to).toBe(last);
    expect(await tableOf(db)).toEqual(truthOf(history, symbols, dayOf(last), dayOf(last)));
  });

  it("passing during a run doesn't move the run's days", async () => {
    // Starting a command takes some tenths of a second: at this speed midnight comes while it is under way.
    const { from, to } = await bfa(["update", "--lookback", "2"], clock("2024-02-29T23:00:00.000Z", 3600));
    expect(["2024-02-28", "2024-02-29"]).toContain(to);
    expect(dayOf(to) - dayOf(from)).toBe(1);
    expect(await tableOf(db)).toEqual(truthOf(history, symbols, dayOf(from), dayOf(to)));
  });
});

describe("a clock that goes backwards", () => {
  it("ends the run with the truth, and with a day that stays provisional until it was probed late enough", async () => {
    const backwards = clock("2024-03-10T12:00:00.000Z", -3600 * 24);
    const summary = await bfa(["backfill", "--from", "2024-03-01", "--to", "2024-03-02"], backwards);
    expect(summary.outcome).toBe("whole");
    expect(summary.elapsed_ms).toBeGreaterThan(0);
    expect(await tableOf(db)).toEqual(truthOf(history, symbols, dayOf("2024-03-01"), dayOf("2024-03-02")));
    expect(await soundness(db)).toEqual({ wrongCounts: 0, duplicates: 0 });
    // What the wandering clock made of it is put right by a run whose clock is sound.
    const after = await bfa(
      ["backfill", "--from", "2024-03-01", "--to", "2024-03-02"],
      clock("2024-04-01T12:00:00.000Z"),
    );
    expect(["whole", "nothing-to-do"]).toContain(after.outcome);
    expect(after.provisional).toEqual([]);
    expect(await tableOf(db)).toEqual(truthOf(history, symbols, dayOf("2024-03-01"), dayOf("2024-03-02")));
  });

  it("back by years finds nothing to forget", async () => {
    await bfa(["update", "--date", "2024-03-01"], clock("2024-03-20T12:00:00.000Z"));
    const before = await tableOf(db);
    await bfa(["update", "--lookback", "2"], clock("2024-01-10T12:00:00.000Z"));
    expect((await tableOf(db)).filter((row) => row.startsWith("2024-03-01"))).toEqual(before);
    expect(await soundness(db)).toEqual({ wrongCounts: 0, duplicates: 0 });
  });
});
