import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openReader, type Store } from "../../src/store/open.js";
import { lowDays } from "../../src/check/completeness.js";
import { CHECK_NAMES, CHECKS } from "../../src/check/registry.js";
import { validate } from "../../src/check/validate.js";
import { DAY_MS, formatDay } from "../../src/calendar/day.js";
import { appendSymbols } from "../../src/store/symbols.js";
import { storeUnsettledDays } from "../../src/store/unsettled-days.js";
import { runCli } from "../support/cli.js";
import { temporaryFolder } from "../support/database.js";
import { D0, dayUnit, LATE, writerFor } from "../support/store.js";

const SYMBOLS = Array.from({ length: 20 }, (_, at) => `S${at}USDT`);
const NOW = (D0 + 30) * DAY_MS;
let folder: ReturnType<typeof temporaryFolder>;
let sound: string;
let broken: string;

beforeAll(async () => {
  folder = temporaryFolder();
  sound = join(folder.path, "sound.duckdb");
  broken = join(folder.path, "broken.duckdb");
  for (const file of [sound, broken]) {
    const { store, writer } = await writerFor(file, SYMBOLS);
    const days = Array.from({ length: 27 }, (_, at) => at).filter((at) => file === sound || (at !== 5 && at !== 6));
    await writer.commit(
      days.map((at) =>
        dayUnit(
          D0 + at,
          SYMBOLS.map((_, symbol) => ({
            symbol,
            size: file === broken && at === 15 && symbol < 4 ? 0 : 100,
            probedAt: NOW,
          })),
        ),
      ),
    );
    if (file === broken) {
      await store.connection.run(`UPDATE daily_symbol_counts SET probed_count = 7 WHERE date = '${formatDay(D0 + 9)}'`);
      await store.connection.run(
        `INSERT INTO volume_differences VALUES
          ('${formatDay(D0 + 22)}', 'S4USDT', 'close', 1.6, 1.5, now()::TIMESTAMP, 1),
          ('${formatDay(D0 + 22)}', 'S4USDT', 'trade_count', 3, 0, now()::TIMESTAMP, 1)`,
      );
      await store.connection.run(
        `INSERT INTO availability FROM availability WHERE symbol = 'S3USDT' AND date = '${formatDay(D0 + 20)}'`,
      );
    }
    await store.close();
  }
});
afterAll(() => {
  folder.remove();
});

async function reading<Result>(file: string, use: (store: Store) => Promise<Result>): Promise<Result> {
  const store = await openReader(file);
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

describe("validate", () => {
  it("passes a sound file", async () => {
    const { facts, rows } = await reading(sound, (store) => validate(store, { from: D0, now: NOW }));
    expect(facts.checks.map(({ check, outcome }) => [check, outcome])).toEqual(
      ["continuity", "completeness", "holes", "counts", "duplicates", "volumes"].map((check) => [check, "passed"]),
    );
    expect([facts.outcome, rows]).toEqual(["passed", [[]]]);
  });

  it("names what is wrong with a broken file", async () => {
    const { facts, rows } = await reading(broken, (store) => validate(store, { from: D0, now: NOW }));
    expect(facts).toMatchObject({
      outcome: "findings",
      checks: facts.checks.map(({ check }) => ({ check, outcome: "findings" })),
    });
    expect(rows.flat()).toEqual([
      {
        check: "continuity",
        date: formatDay(D0 + 5),
        symbols: [],
        message: `no rows: ${formatDay(D0 + 5)} to ${formatDay(D0 + 6)} (2 days)`,
      },
      {
        check: "completeness",
        date: formatDay(D0 + 15),
        symbols: ["S0USDT", "S1USDT", "S2USDT", "S3USDT"],
        message: "16 files where the days around it have 20",
      },
      ...SYMBOLS.slice(0, 4).map((symbol) => ({
        check: "holes",
        date: formatDay(D0 + 15),
        symbols: [symbol],
        message: `no file inside its life: ${formatDay(D0 + 15)} (1 day)`,
      })),
      { check: "counts", date: formatDay(D0 + 9), symbols: [], message: "stored 20 of 7, counted 20 of 20" },
      { check: "counts", date: formatDay(D0 + 20), symbols: [], message: "stored 20 of 20, counted 21 of 21" },
      { check: "duplicates", date: formatDay(D0 + 20), symbols: ["S3USDT"], message: "has 2 rows" },
      {
        ...{ check: "volumes", date: formatDay(D0 + 22), symbols: ["S4USDT"] },
        message:
          "the files disagree: close 1.6 in the monthly file, 1.5 in the daily one; trade_count 3 in the monthly file, 0 in the daily one",
      },
    ]);
  });

  it("finds days that should be there by now", async () => {
    const { facts, rows } = await reading(sound, (store) =>
      validate(store, { checks: ["continuity"], from: D0, now: NOW + 5 * DAY_MS }),
    );
    expect(facts.outcome).toBe("findings");
    expect(rows.flat()).toMatchObject([{ check: "continuity", date: formatDay(D0 + 27) }]);
  });

  it("counts: finds days whose number of rows to probe again differs from the stored one", async () => {
    const file = join(folder.path, "unsettled.duckdb");
    const { store, writer } = await writerFor(file, SYMBOLS);
    const [cell] = [{ symbol: 0, size: 100, probedAt: NOW }];
    await writer.commit([dayUnit(D0, [cell]), dayUnit(D0 + 12, [cell]), dayUnit(D0 + 13, [cell])]);
    const counts = async () => (await validate(store, { checks: ["counts"] })).rows.flat();
    await storeUnsettledDays(store);
    expect(await counts()).toEqual([]);
    await store.connection.run(`DELETE FROM unsettled_days WHERE date = '${formatDay(D0 + 12)}'`);
    await store.connection.run("UPDATE unsettled_days SET due_count = 2");
    await store.connection.run(`INSERT INTO unsettled_days VALUES ('${formatDay(D0)}', 0, 1)`);
    expect(await counts()).toMatchObject([
      { date: formatDay(D0), message: "stored 0 due and 1 early, counted nothing due" },
      { date: formatDay(D0 + 12), message: "stored nothing due, counted 1 due and 0 early" },
      { date: formatDay(D0 + 13), message: "stored 2 due and 0 early, counted 1 due and 0 early" },
    ]);
    await store.close();
  });

  it("runs the named checks, in the given order", async () => {
    const { facts } = await reading(sound, (store) => validate(store, { checks: ["duplicates", "counts"] }));
    expect(facts.checks.map(({ check }) => check)).toEqual(["duplicates", "counts"]);
  });
});

describe("registry", () => {
  it.each(CHECK_NAMES)("%s is registered under its own name, with a summary", async (name) => {
    const check = await CHECKS[name]();
    expect(check.name).toBe(name);
    expect(check.summary).toMatch(/^[a-z].*[^.]$/);
  });
});

describe("completeness", () => {
  it("finds symbols that were never probed on a day on which others were", async () => {
    const file = join(folder.path, "partial.duckdb");
    const { store, writer } = await writerFor(file, SYMBOLS.slice(0, 3));
    const all = [0, 1, 2].map((symbol) => ({ symbol, size: 100 }));
    await writer.commit([0, 1, 4, 5].map((at) => dayUnit(D0 + at, all)));
    await writer.commit([2, 3].map((at) => dayUnit(D0 + at, all.slice(0, 1))));
    const options = { checks: ["completeness"] as const, from: D0, now: LATE };
    const { facts, rows } = await validate(store, options);
    await store.close();
    expect(facts.outcome).toBe("findings");
    expect(rows.flat()).toEqual([
      {
        check: "completeness",
        date: formatDay(D0 + 2),
        symbols: ["S1USDT", "S2USDT"],
        message: `never probed: ${formatDay(D0 + 2)} to ${formatDay(D0 + 3)} (2 days)`,
      },
    ]);
  });

  it("finds known symbols that were never probed on any day, without the delivery contracts", async () => {
    const file = join(folder.path, "unprobed.duckdb");
    const { store, writer } = await writerFor(file, ["S0USDT", "S1USDT", "S2USDT", "S3USDT_240628"]);
    await appendSymbols(store, ["S0USDT", "S1USDT", "S3USDT_240628"], LATE);
    await appendSymbols(store, ["S2USDT"], LATE, (D0 + 1) * DAY_MS);
    await writer.commit([0, 1].map((at) => dayUnit(D0 + at, [{ symbol: 0, size: 100 }])));
    const { facts, rows } = await validate(store, { checks: ["completeness"], from: D0, now: LATE });
    await store.close();
    expect(facts.outcome).toBe("findings");
    // A listing after the first day lacked S2USDT, so that its cell is known.
    expect(rows.flat()).toMatchObject([
      { date: formatDay(D0), symbols: ["S1USDT"], message: `never probed: ${formatDay(D0)} (1 day)` },
      { date: formatDay(D0 + 1), symbols: ["S1USDT", "S2USDT"] },
    ]);
  });
});

describe("holes", () => {
  it("finds single holes by symbol, and an incident where many symbols lack a day", async () => {
    const file = join(folder.path, "holes.duckdb");
    const { store, writer } = await writerFor(file, SYMBOLS);
    await writer.commit(
      Array.from({ length: 10 }, (_, at) =>
        dayUnit(
          D0 + at,
          SYMBOLS.map((_, symbol) => {
            const isHole = (at === 3 && symbol < 6) || ((at === 5 || at === 6) && symbol === 7);
            const isYoung = symbol === 9 && at < 4;
            return { symbol, size: isHole || isYoung ? 0 : 100, probedAt: NOW };
          }),
        ),
      ),
    );
    const { facts, rows } = await validate(store, { checks: ["holes"], now: NOW });
    await store.close();
    expect(facts.checks).toMatchObject([
      { outcome: "findings", summary: "8 files of 7 symbols missing inside a life; 1 day with an incident" },
    ]);
    expect(rows.flat()).toEqual([
      {
        check: "holes",
        date: formatDay(D0 + 3),
        symbols: SYMBOLS.slice(0, 6),
        message: "an incident: 6 of 19 symbols lack a file",
      },
      {
        check: "holes",
        date: formatDay(D0 + 5),
        symbols: ["S7USDT"],
        message: `no file inside its life: ${formatDay(D0 + 5)} to ${formatDay(D0 + 6)} (2 days)`,
      },
    ]);
  });
});

describe("lowDays", () => {
  const series = (...counts: number[]) => counts.map((available, day) => ({ day, available }));

  it("compares with what is normal around the day, not with a fixed number", () => {
    expect(lowDays(series(3, 3, 3, 3, 3, 1, 3, 3, 3, 3), 0.1)).toMatchObject([{ day: 5, expected: 3 }]);
    expect(lowDays(series(300, 310, 320, 330, 340, 350, 360, 370, 380, 390), 0.1)).toEqual([]);
    expect(lowDays(series(9, 9, 9, 9, 5, 5, 9, 9, 9, 9, 9), 0.1).map(({ day }) => day)).toEqual([4, 5]);
  });

  it("leaves out the last three days, and a drop of one", () => {
    expect(lowDays(series(9, 9, 9, 9, 9, 9, 0, 0, 0), 0.1)).toEqual([]);
    expect(lowDays(series(9, 9, 8, 9, 9, 9, 9, 9, 9), 0.1)).toEqual([]);
  });
});

describe("cross-check", () => {
  let server: Server;
  let url: string;
  let answer: { status: number; body: string };

  beforeAll(async () => {
    server = createServer((_, response) => response.writeHead(answer.status).end(answer.body));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/fapi/v1/exchangeInfo`;
  });
  afterAll(() => {
    server.close();
  });

  const check = () =>
    reading(sound, async (store) => {
      const { facts, rows } = await validate(store, { checks: ["cross-check"], exchangeUrl: url, now: NOW });
      expect(facts.outcome).toBe(facts.checks[0]?.outcome);
      return { ...facts.checks[0], findings: rows.flat() };
    });
  const listed = (symbols: string[], extra: object[] = []) => ({
    status: 200,
    body: JSON.stringify({
      symbols: [
        ...symbols.map((symbol) => ({
          symbol,
          contractType: "PERPETUAL",
          status: "TRADING",
          onboardDate: D0 * DAY_MS,
        })),
        ...extra,
        // Real rows have these too.
      ].map((row) => ({ underlyingType: "COIN", deliveryDate: 4_133_404_800_000, ...row })),
    }),
  });

  it("passes above 95 %, and ignores delivery contracts, halted ones and those newer than the day", async () => {
    answer = listed(SYMBOLS, [
      { symbol: "X_231229", contractType: "CURRENT_QUARTER", status: "TRADING", onboardDate: 0 },
      { symbol: "OLDUSDT", contractType: "PERPETUAL", status: "SETTLING", onboardDate: 0 },
      { symbol: "TOMORROWUSDT", contractType: "PERPETUAL", status: "TRADING", onboardDate: (D0 + 27) * DAY_MS },
    ]);
    expect(await check()).toMatchObject({
      outcome: "passed",
      summary: expect.stringMatching(/^20 of 20 .* 100\.0 %/) as string,
    });
  });

  it("accepts every type of perpetual, and names those that are missing, however few", async () => {
    answer = listed(SYMBOLS, [
      { symbol: "TSLAUSDT", contractType: "TRADIFI_PERPETUAL", status: "TRADING", onboardDate: 0 },
    ]);
    expect(await check()).toMatchObject({
      outcome: "passed",
      summary: expect.stringMatching(/^20 of 21 .*: 95\.2 % .*; without one: TSLAUSDT$/) as string,
    });
  });

  it("reports a contract type that it does not know", async () => {
    answer = listed(SYMBOLS, [{ symbol: "NEWUSDT", contractType: "ETERNAL", status: "TRADING", onboardDate: 0 }]);
    expect(await check()).toMatchObject({
      outcome: "findings",
      findings: [{ date: null, symbols: ["NEWUSDT"], message: "unknown contract type ETERNAL" }],
    });
  });

  it("names both differences below the target", async () => {
    answer = listed([...SYMBOLS.slice(2), "NEWUSDT"]);
    expect(await check()).toMatchObject({
      outcome: "findings",
      findings: [
        { symbols: ["NEWUSDT"], message: "on the exchange, without a file" },
        { symbols: ["S0USDT", "S1USDT"], message: "with a file, not trading on the exchange" },
      ],
    });
  });

  it.each([
    [451, "", /451: Binance doesn't serve/],
    [500, "", /answered 500/],
    [200, "<html>", /it is not JSON/],
    [200, '{"symbols":[{"symbol":1}]}', /number 1 of its symbols is 1, which is not a symbol/],
  ])("an answer of %i %j is not a finding", async (status, body, summary) => {
    answer = { status, body };
    expect(await check()).toEqual({
      check: "cross-check",
      outcome: "unavailable",
      summary: expect.stringMatching(summary) as string,
      findings: [],
    });
  });
});

describe("bfa validate", () => {
  it("takes words after -- as names of checks", async () => {
    const { stdout } = await runCli(["validate", "--db", sound, "--", "counts"]);
    expect(stdout).toBe("counts: passed: the stored counts agree with the rows\n");
  });

  it("reads --ca for the cross-check, and BFA_CA", async () => {
    const missing = join(folder.path, "missing.pem");
    for (const [args, env] of [
      [["--ca", missing], {}],
      [[], { BFA_CA: missing }],
    ] as const) {
      const { code, stderr } = await runCli(["validate", "cross-check", "--db", sound, ...args], env);
      expect(code).toBe(2);
      expect(stderr).toMatch(/^bfa: --ca: .*missing\.pem/);
    }
  });

  it("reports and exits with 0, with --strict with 1", async () => {
    const args = ["validate", "duplicates", "counts", "--db", broken];
    const report = await runCli(args);
    expect(report).toMatchObject({ code: 0, stderr: "" });
    expect(report.stdout).toMatch(/^duplicates: findings: 1 .*\n {2}2024-03-21: has 2 rows: S3USDT\ncounts: findings/);
    expect((await runCli([...args, "--strict"])).code).toBe(1);
    expect((await runCli(["validate", "counts", "--strict", "--json", "--db", sound])).stdout).toBe(
      `${JSON.stringify({
        outcome: "passed",
        checks: [{ check: "counts", outcome: "passed", summary: "the stored counts agree with the rows" }],
        findings: [],
      })}\n`,
    );
    expect((await runCli(["validate", "nonsense", "--db", sound])).code).toBe(2);
  });
});
