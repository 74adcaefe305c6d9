import { copyFileSync, existsSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect } from "vitest";
import { dayAt, dayOf, DAY_MS, formatDay } from "../../src/calendar/day.js";
import { openAvailability } from "../../src/open-availability.js";
import type { ContractsSummary } from "../../src/run/contracts.js";
import { contracts } from "../../src/run/contracts.js";
import { update } from "../../src/run/update.js";
import { recordCapture } from "../../src/store/contracts.js";
import { openStore } from "../../src/store/open.js";
import { parseExchangeInfo } from "../../src/vision/exchange-info.js";
import { summaryOf } from "../support/cli.js";
import { rowsOf } from "../support/database.js";
import { exchangeDocument, exchangeRow, startExchange, type TestExchange } from "../support/exchange-info.js";
import { replicaTest } from "../support/fixture.js";

const LAST = dayOf("2024-04-05");
const it = replicaTest({ history: { type: "synthetic", seed: 3, symbols: 40, from: LAST - 40, through: LAST } }).extend(
  "updated",
  { scope: "file" },
  async ({ replicaThread, root }) => {
    const db = join(root, "updated.duckdb");
    const { url: endpoint, listUrl: listEndpoint, ca } = replicaThread;
    await update({ db, endpoint, listEndpoint, ca, date: formatDay(LAST), lookback: 75 });
    return db;
  },
);

const open: { close: () => void }[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

async function exchange(...answer: Parameters<typeof startExchange>): Promise<TestExchange> {
  const server = await startExchange(...answer);
  open.push(server);
  return server;
}

/** An exchange that serves a document. */
const giving = (document: string) => exchange((_, response) => response.end(document));

const capturesOf = (db: string) =>
  rowsOf(db, "SELECT source, symbol_count FROM contract_captures ORDER BY captured_at");

describe("bfa contracts", () => {
  it("records what an exchange shows, then and later", async ({ bfa, db }) => {
    let document = exchangeDocument([exchangeRow("AUSDT"), exchangeRow("BUSDT", { underlyingType: "EQUITY" })]);
    const { url } = await exchange((_, response) => response.end(document));
    const first = await bfa("contracts", "--url", url, "--json");
    expect(first.code, first.stderr).toBe(0);
    expect(JSON.parse(first.stdout)).toMatchObject({
      ...{ outcome: "recorded", source: url, reason: null, contract_count: 2 },
      ...{ added: ["AUSDT", "BUSDT"], changed: [], gone: [], announced_delistings: [] },
    });
    const end = dayAt(Date.now()) * DAY_MS + 30 * DAY_MS;
    document = exchangeDocument([exchangeRow("AUSDT", { deliveryDate: end }), exchangeRow("CUSDT")]);
    const second = await bfa("contracts", "--url", url);
    expect(second.code, second.stderr).toBe(0);
    expect(second.stdout.replace(/ at \S+/, "")).toBe(
      "2 contracts\n  1 new: CUSDT\n  1 with a changed status, type or date: AUSDT\n  1 no longer shown: BUSDT\n" +
        `  1 to be delisted: AUSDT ${formatDay(dayAt(end))}\n`,
    );
    expect(await capturesOf(db)).toEqual([
      [url, 2],
      [url, 2],
    ]);
    const { rows } = JSON.parse((await bfa("query", "contracts", "--json")).stdout) as { rows: { symbol: string }[] };
    expect(rows.map(({ symbol }) => symbol)).toEqual(["AUSDT", "CUSDT"]);
    expect((await bfa("status")).stdout).toMatch(
      new RegExp(`; to be delisted:\\n {10}${formatDay(dayAt(end))} .* UTC AUSDT\\n`),
    );
  });

  it("reports 451, and records nothing", async ({ bfa, db }) => {
    const { url } = await exchange((_, response) => response.writeHead(451).end("<html>no</html>"));
    const result = await bfa("contracts", "--url", url);
    expect(result).toMatchObject({ code: 0, stderr: expect.not.stringContaining("answered 451") as string });
    expect(result.stdout).toMatch(/^nothing recorded: http:\S+ answered 451: Binance doesn't serve .*\n$/);
    expect(existsSync(db)).toBe(false);
    const summary = JSON.parse((await bfa("contracts", "--url", url, "--json")).stdout) as ContractsSummary;
    expect(summary).toMatchObject({ outcome: "refused", captured_at: null, contract_count: 0 });
    expect(existsSync(db)).toBe(false);
  });

  it.for<[string, Parameters<typeof startExchange>[0], RegExp]>([
    ["404", (_, response) => response.writeHead(404).end(), /answered 404$/],
    ["a redirect", (_, response) => response.writeHead(302, { location: "/" }).end(), /answered 302$/],
    ["503", (_, response) => response.writeHead(503).end(), /answered 503$/],
    ["HTML", (_, response) => response.end("<html>"), /did not answer with an exchangeInfo: it is not JSON$/],
    [
      "a body without end",
      (_, response) => {
        const more = (): void => {
          while (response.write(Buffer.alloc(65_536, " ")));
        };
        response.on("drain", more);
        more();
      },
      /did not answer with an exchangeInfo: it has more than 8388608 bytes$/,
    ],
    [
      "a name with a terminal escape",
      (_, response) => response.end(exchangeDocument([exchangeRow("A\u001b[2J\u202eUSDT")])),
      /number 1 of its symbols is "A\\u001b\[2J\\u202eUSDT", which is not a symbol$/,
    ],
    [
      "half a document",
      (request, response) => {
        response.writeHead(200, { "content-length": "1000" }).write("{");
        response.once("drain", () => request.socket.destroy());
        setImmediate(() => request.socket.destroy());
      },
      /can't be reached: /,
    ],
    ["headers only", (_, response) => response.writeHead(200).write("{"), /no answer in 300 ms$/],
    ["no answer", () => undefined, /no answer in 300 ms$/],
  ])("fails in one line on %s, and records nothing", async ([, answer, message], { bfa, db }) => {
    const { url } = await exchange(answer);
    const limit = message.source.startsWith("no answer") ? "300" : "60000";
    const { code, stdout, stderr } = await bfa("contracts", "--url", url, "--retries", "0", "--timeout", limit);
    expect([code, stdout]).toEqual([1, ""]);
    const [warning, line, ...rest] = stderr.split("\n");
    expect(warning).toContain("is not encrypted");
    expect(line).toMatch(message);
    expect(rest).toEqual([""]);
    expect(existsSync(db)).toBe(false);
  });

  it("retries what may pass", async ({ bfa }) => {
    let requestCount = 0;
    const { url } = await exchange((_, response) => {
      requestCount += 1;
      if (requestCount < 3) response.writeHead(503).end();
      else response.end(exchangeDocument([exchangeRow("AUSDT")]));
    });
    expect(await bfa("contracts", "--url", url)).toMatchObject({ code: 0 });
    expect(requestCount).toBe(3);
  });

  it("takes saved files in any order, and each only once", async ({ bfa, folder, db }) => {
    const save = (name: string, month: number, status: string) => {
      const serverTime = Date.UTC(2024, month, 1);
      writeFileSync(join(folder, name), exchangeDocument([exchangeRow("AUSDT", { status })], { serverTime }));
      return join(folder, name);
    };
    const [march, april, may] = [
      save("3.json", 2, "TRADING"),
      save("4.json", 3, "SETTLING"),
      save("5.json", 4, "TRADING"),
    ];
    for (const file of [may, march, april, march]) {
      expect(await bfa("contracts", "--from-file", file)).toMatchObject({ code: 0, stderr: "" });
    }
    expect(
      await rowsOf(db, "SELECT status, valid_from::VARCHAR, valid_to::VARCHAR FROM contracts ORDER BY valid_from"),
    ).toEqual([
      ["TRADING", "2024-03-01 00:00:00", "2024-04-01 00:00:00"],
      ["SETTLING", "2024-04-01 00:00:00", "2024-05-01 00:00:00"],
      ["TRADING", "2024-05-01 00:00:00", null],
    ]);
    expect(await capturesOf(db)).toEqual([
      ["3.json", 1],
      ["4.json", 1],
      ["5.json", 1],
    ]);
    const given = await bfa("contracts", "--from-file", march, "--captured-at", "2024-06-01T12:30:00Z", "--json");
    expect(JSON.parse(given.stdout)).toMatchObject({ outcome: "recorded", captured_at: "2024-06-01T12:30:00Z" });
    const again = await bfa("contracts", "--from-file", may, "--captured-at", "2024-04-01T00:00:00Z");
    expect(again).toMatchObject({ code: 2, stdout: "" });
    expect(again.stderr).toMatch(/^bfa: the capture of 2024-04-01T00:00:00Z is already known, but differs in AUSDT\n$/);
  });

  it.for<[string[], RegExp]>([
    [["--from-file", "none.json"], /none\.json can't be read \(ENOENT/],
    [["--from-file", "garbage.json"], /garbage\.json is not an exchangeInfo: it is not JSON/],
    [["--from-file", "timeless.json"], /--captured-at: timeless\.json doesn't say when it was saved/],
    [["--from-file", "timeless.json", "--captured-at", "2024-03-01"], /"2024-03-01" is not a time; write/],
    [["--from-file", "timeless.json", "--captured-at", "2024-02-30T00:00:00Z"], /is not a time/],
    [["--from-file", "timeless.json", "--captured-at", "2999-01-01T00:00:00Z"], /is in the future/],
    [["--from-file", "timeless.json", "--captured-at", "2001-01-01T00:00:00Z"], /before 2019-\d\d-\d\d, the start/],
    [["--from-file", "tomorrow.json"], /is in the future/],
    [["--captured-at", "2024-03-01T00:00:00Z"], /from-file/],
    [["--url", "ftp://x"], /neither https nor http/],
  ])("refuses %j before any work", async ([args, message], { folder, db, bfa }) => {
    writeFileSync(join(folder, "garbage.json"), "{");
    writeFileSync(join(folder, "timeless.json"), exchangeDocument([exchangeRow("AUSDT")], { serverTime: undefined }));
    const serverTime = Date.now() + DAY_MS;
    writeFileSync(join(folder, "tomorrow.json"), exchangeDocument([exchangeRow("AUSDT")], { serverTime }));
    const named = args.map((arg) => (arg.endsWith(".json") ? join(folder, arg) : arg));
    const { code, stdout, stderr } = await bfa("contracts", ...named);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr.replaceAll(`${folder}/`, "")).toMatch(message);
    expect(existsSync(db)).toBe(false);
  });

  it("keeps Binance's own contracts out of a file that another server filled", async ({ bfa, db, updated }) => {
    copyFileSync(updated, db);
    const { code, stderr } = await bfa("contracts");
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /--url: the database was filled from https:\/\/127\.0\.0\.1:\d+: give the URL of its exchangeInfo/,
    );
  });

  it("refuses wrong options in the library", async ({ db }) => {
    await expect(contracts({ db, capturedAt: "2024-03-01T00:00:00Z" })).rejects.toMatchObject({ option: "capturedAt" });
    await expect(contracts({ db, url: "nonsense" })).rejects.toMatchObject({ option: "url" });
    await expect(contracts({ db, other: 1 } as never)).rejects.toMatchObject({ option: "other" });
  });

  it("can be interrupted in the library, and reports a capture as an event", async ({ db, folder }) => {
    const silent = await exchange(() => undefined);
    const signal = AbortSignal.timeout(200);
    await expect(contracts({ db, url: silent.url, signal })).rejects.toMatchObject({ code: "INTERRUPTED" });
    const fromFile = join(folder, "a.json");
    writeFileSync(fromFile, exchangeDocument([exchangeRow("AUSDT")]));
    const run = contracts({ db, fromFile, capturedAt: new Date("2024-03-01T00:00:00Z") });
    const events: string[] = [];
    for await (const { type } of run) events.push(type);
    expect(await run).toMatchObject({ outcome: "recorded", captured_at: "2024-03-01T00:00:00Z" });
    expect(events).toContain("captured");
  });
});

describe("bfa update", () => {
  const DAY = ["update", "--date", formatDay(LAST), "--symbols", "BTCUSDT,ETHUSDT", "--json"];

  it("captures contracts too, as part of the run, and not again within the hour", async ({ bfa, replica, db }) => {
    const result = await bfa(...DAY, "--contracts-url", replica.contractsUrl);
    expect(result.code, result.stderr).toBe(0);
    const [[count] = []] = await rowsOf(db, "SELECT count(*)::INTEGER FROM contracts");
    expect(count).toBeGreaterThan(20);
    expect(await capturesOf(db)).toEqual([[replica.contractsUrl, count]]);
    const before = await replica.stats();
    expect(await bfa(...DAY, "--contracts-url", replica.contractsUrl)).toMatchObject({ code: 0 });
    expect((await replica.stats()).requests.get).toBe(before.requests.get);
    expect(await capturesOf(db)).toHaveLength(1);
  });

  it("asks no exchange if the endpoint isn't Binance's, or with --no-contracts", async ({ bfa, db, env, replica }) => {
    expect(await bfa(...DAY)).toMatchObject({ code: 0, stderr: expect.not.stringContaining("contracts") as string });
    env["BFA_CONTRACTS_URL"] = replica.contractsUrl;
    expect(await bfa(...DAY, "--no-contracts")).toMatchObject({ code: 0 });
    expect(await capturesOf(db)).toEqual([]);
    expect(await bfa(...DAY)).toMatchObject({ code: 0 });
    expect(await capturesOf(db)).toHaveLength(1);
  });

  it.for<[string, Parameters<typeof startExchange>[0], RegExp]>([
    ["451", (_, response) => response.writeHead(451).end(), /bfa: no contracts: \S+ answered 451: Binance doesn't/],
    [
      "garbage",
      (_, response) => response.end("]"),
      /bfa: no contracts: \S+ did not answer with an exchangeInfo: it is not JSON/,
    ],
    ["a reset", (request) => request.socket.resetAndDestroy(), /bfa: no contracts: \S+ can't be reached/],
    ["silence", () => undefined, /bfa: no contracts: \S+ can't be reached: no answer in \d+ ms/],
  ])("is whole in spite of %s", async ([, answer, notice], { bfa, db }) => {
    const { url } = await exchange(answer);
    const result = await bfa(...DAY, "--contracts-url", url, "--retries", "0");
    expect(result.code, result.stderr).toBe(0);
    expect(summaryOf(result)).toMatchObject({ outcome: "whole", failed: 0, announced_delistings: [] });
    expect(result.stderr).toMatch(notice);
    expect(await capturesOf(db)).toEqual([]);
  });

  it("posts announced delistings", async ({ bfa }) => {
    const end = (dayAt(Date.now()) + 20) * DAY_MS;
    const rows = [exchangeRow("BTCUSDT"), exchangeRow("ETHUSDT", { deliveryDate: end })];
    const { url } = await giving(exchangeDocument(rows));
    const posts: unknown[] = [];
    const hook = createServer((request, response) => {
      void text(request).then((body) => {
        posts.push(JSON.parse(body));
        response.end();
      });
    }).listen(0, "127.0.0.1");
    await once(hook, "listening");
    open.push(hook);
    const { port } = hook.address() as AddressInfo;
    const result = await bfa(...DAY, "--contracts-url", url, "--notify", `http://127.0.0.1:${port}/`);
    expect(result.code, result.stderr).toBe(0);
    const announced = [{ symbol: "ETHUSDT", delivery_date: `${formatDay(dayAt(end))}T00:00:00Z` }];
    expect(posts).toMatchObject([{ announced_delistings: announced }]);
    expect(summaryOf(result)).toMatchObject({ announced_delistings: announced });
  });
});

describe("contracts in answers", () => {
  const filled = it.extend("filled", ({ db, updated, bfa }) => {
    copyFileSync(updated, db);
    const capture = async (source: string, rows: readonly object[], capturedAt: string) => {
      const store = await openStore(db);
      const { contracts } = parseExchangeInfo(exchangeDocument(rows));
      await recordCapture(store, { at: Date.parse(capturedAt), source, contracts });
      await store.close();
    };
    return { db, bfa, capture };
  });

  filled("list a day's contracts, with what was known then", async ({ filled: { db, capture } }) => {
    const [old, young] = [Date.UTC(2020, 0, 1, 8), Date.UTC(2024, 2, 20, 8)];
    await capture("1.json", [exchangeRow("BTCUSDT", { onboardDate: old })], "2024-03-10T12:00:00Z");
    const rows = [
      exchangeRow("BTCUSDT", { onboardDate: old, deliveryDate: Date.UTC(2024, 3, 1) }),
      exchangeRow("ETHUSDT", { onboardDate: young, underlyingType: "INDEX" }),
    ];
    await capture("2.json", rows, "2024-03-25T12:00:00Z");
    await capture(
      "3.json",
      [exchangeRow("ETHUSDT", { onboardDate: young, underlyingType: "INDEX" })],
      "2024-04-02T12:00:00Z",
    );
    await using availability = await openAvailability(db);
    const on = async (asOf: string) => (await availability.contracts({ asOf })).rows;
    expect(await on("2019-12-31")).toEqual([]);
    const unknown = { status: null, contract_type: null, delivery_date: null, valid_from: null, valid_to: null };
    const btc = { symbol: "BTCUSDT", underlying_type: "COIN", onboard_date: "2020-01-01T08:00:00Z" };
    expect(await on("2024-03-09")).toEqual([{ ...btc, ...unknown, source: null }]);
    const first = { valid_from: "2024-03-10T12:00:00Z", valid_to: "2024-03-25T12:00:00Z", source: "1.json" };
    const trading = { ...btc, status: "TRADING", contract_type: "PERPETUAL", delivery_date: null, ...first };
    expect(await on("2024-03-10")).toEqual([trading]);
    expect(await on("2024-03-21")).toMatchObject([
      trading,
      { symbol: "ETHUSDT", underlying_type: "INDEX", status: null },
    ]);
    expect(await on("2024-03-25")).toMatchObject([
      { symbol: "BTCUSDT", delivery_date: "2024-04-01T00:00:00Z", source: "2.json" },
      { symbol: "ETHUSDT", status: "TRADING", valid_to: null },
    ]);
    expect(await on("2024-04-02")).toMatchObject([{ symbol: "ETHUSDT", status: "TRADING" }]);
    expect(await availability.contracts()).toMatchObject({
      ...{ capture_count: 3, first_captured_at: "2024-03-10T12:00:00Z", last_captured_at: "2024-04-02T12:00:00Z" },
      rows: [{ symbol: "ETHUSDT" }],
    });
  });

  filled(
    "filter by underlying, and name symbols without a known contract",
    async ({ filled: { db, bfa, capture } }) => {
      const day = formatDay(LAST);
      const refused = await bfa("query", "snapshot", day, "--underlying", "coin");
      expect(refused).toMatchObject({ code: 4, stdout: "" });
      expect(refused.stderr).toMatch(/no contracts are in the database.*: `bfa contracts` captures them/);
      const rows = [
        exchangeRow("BTCUSDT"),
        exchangeRow("ETHUSDT", { underlyingType: "KR_EQUITY" }),
        // Another contract of this ticker, which began later.
        exchangeRow("BCHUSDT", { onboardDate: (LAST + 2) * DAY_MS }),
      ];
      await capture("later.json", rows, "2024-05-01T00:00:00Z");
      await using availability = await openAvailability(db);
      const all = await availability.snapshot({ date: day });
      const names = all.rows.map(({ symbol }) => symbol);
      expect(all.without_contract).toEqual([]);
      const coins = await availability.snapshot({ date: day, underlying: "coin" });
      expect(coins.rows.map(({ symbol }) => symbol)).toEqual(["BTCUSDT"]);
      expect(coins.without_contract).toEqual(names.filter((name) => !["BTCUSDT", "ETHUSDT"].includes(name)));
      expect(coins.without_contract).toContain("BCHUSDT");
      const equities = await availability.universe({
        date: day,
        minAge: 0,
        underlying: "kr-equity",
        allowPartial: true,
      });
      expect(equities.rows.map(({ symbol }) => symbol)).toEqual(["ETHUSDT"]);
      const answer = await bfa("query", "snapshot", day, "--underlying", "COIN", "--format", "csv");
      expect(
        answer.stdout
          .split("\n")
          .slice(1)
          .map((line) => line.split(",")[0]),
      ).toEqual(["BTCUSDT", ""]);
      expect(answer.stderr).toMatch(
        /bfa: --underlying leaves out \d+ symbols without a known contract on the day: .* and others\n/,
      );
      const unknown = await bfa("query", "universe", day, "--min-age", "0", "--underlying", "gold");
      expect(unknown).toMatchObject({ code: 2, stdout: "" });
      expect(unknown.stderr).toContain(
        "--underlying: no known contract has the underlying gold; known ones: coin, kr-equity",
      );
    },
  );

  filled("give the source of a listing's date", async ({ filled: { db, capture } }) => {
    await using before = await openAvailability(db);
    const listings = (await before.listings()).rows;
    expect(listings.length).toBeGreaterThan(1);
    expect(new Set(listings.map(({ date_source, onboard_date }) => `${date_source} ${String(onboard_date)}`))).toEqual(
      new Set(["bucket null"]),
    );
    await before.close();
    const [same, other] = listings as [(typeof listings)[0], (typeof listings)[0]];
    const rows = [
      exchangeRow(same.symbol, { onboardDate: dayOf(same.date) * DAY_MS + 1 }),
      exchangeRow(other.symbol, { onboardDate: (dayOf(other.date) - 3) * DAY_MS }),
    ];
    await capture("dates.json", rows, "2024-05-01T00:00:00Z");
    await using availability = await openAvailability(db);
    const after = (await availability.listings()).rows;
    expect(after.find(({ symbol }) => symbol === same.symbol)).toEqual({
      ...same,
      ...{ date_source: "bucket and exchange", onboard_date: same.date },
    });
    expect(after.find(({ symbol }) => symbol === other.symbol)).toEqual({
      ...other,
      ...{ date_source: "bucket", onboard_date: formatDay(dayOf(other.date) - 3) },
    });
  });
});
