import { statSync } from "node:fs";
import { join } from "node:path";
import { zipSync } from "fflate";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { dayAt, formatDay } from "../../src/calendar/day.js";
import { UsageError } from "../../src/errors.js";
import type { RunEvent } from "../../src/run/events.js";
import { RunFailedError } from "../../src/run/failed-error.js";
import type { UpdateOptions, VolumesOptions } from "../../src/run/options.js";
import { updateSettings } from "../../src/run/settings.js";
import { update } from "../../src/run/update.js";
import { volumes, VolumesFailedError } from "../../src/run/volumes.js";
import { rowsOf, temporaryFolder } from "../support/database.js";
import { csvRow, datesOf, volumeKey, VolumeBucket } from "../support/volume-bucket.js";

const BTC = "BTCUSDT";
const ETH = "ETHUSDT";
const JANUARY = datesOf("2024-01", 31);
/** The last day whose file, if there is none, is believed to be absent. */
const believed = formatDay(dayAt(Date.now()) - 4);

let folder: ReturnType<typeof temporaryFolder>;
let db: string;
let bucket: VolumeBucket;
beforeEach(async () => {
  folder = temporaryFolder();
  db = join(folder.path, "a.duckdb");
  bucket = await new VolumeBucket().start();
});
afterEach(async () => {
  await bucket.close();
  folder.remove();
});

const run = (options: Partial<VolumesOptions> = {}) =>
  volumes({
    ...{ db, endpoint: bucket.url, listEndpoint: bucket.listUrl, symbols: [BTC], unlisted: true },
    ...{ retries: 0, threads: 1, reject: false, ...options },
  });
const ask = async (sql: string) => (await rowsOf(db, sql)).map((row) => row.map(String).join(" "));
const bars = (symbol = BTC) =>
  ask(`SELECT date, close, source FROM daily_volumes WHERE symbol = '${symbol}' ORDER BY date`);
const spans = (symbol = BTC) =>
  ask(`SELECT from_date, to_date FROM volume_spans WHERE symbol = '${symbol}' ORDER BY 1`);
const files = () =>
  ask("SELECT source, from_date, to_date, verified, row_count FROM volume_files ORDER BY symbol, source, from_date");

describe("volumes", () => {
  beforeEach(() => {
    // 02 has a file of its own alone, 03 has none at all.
    bucket.putBars(
      BTC,
      "2024-01",
      datesOf("2024-01", 31, ["2024-01-02", "2024-01-03"]).map((date) => ({ date })),
    );
    bucket.putBars(BTC, "2024-01-02", [{ date: "2024-01-02", close: "1.25" }]);
    for (const date of JANUARY.slice(3, 9)) bucket.putBars(BTC, date, [{ date, close: "9" }]);
    bucket.putBars(BTC, "2024-02-01", [{ date: "2024-02-01", count: 0 }]);
  });

  it("come from months, and from days where there is no month or it lacks them", async () => {
    const summary = await run();
    expect(summary).toMatchObject({
      outcome: "whole",
      files_fetched: 3,
      files_failed: 0,
      rows_written: 31,
      failures: [],
    });
    const found = await bars();
    expect(found).toHaveLength(31);
    expect(found.slice(0, 4)).toEqual([
      "2024-01-01 1.5 monthly",
      "2024-01-02 1.25 daily",
      "2024-01-04 1.5 monthly",
      "2024-01-05 1.5 monthly",
    ]);
    expect(found.at(-1)).toBe("2024-02-01 1.5 daily");
    expect(await files()).toEqual([
      "daily 2024-01-02 2024-01-02 true 1",
      "daily 2024-02-01 2024-02-01 true 1",
      "monthly 2024-01-01 2024-01-31 true 29",
    ]);
    // Of the newest days nothing is known as long as their files may just not be there yet.
    expect(await spans()).toEqual([`2019-12-31 ${believed}`]);
    expect(
      await ask(
        "SELECT volume, quote_volume, trade_count, taker_buy_volume, taker_buy_quote_volume FROM daily_volumes WHERE date = DATE '2024-02-01'",
      ),
    ).toEqual(["10 15 0 4 6"]);
    expect(await ask("SELECT command, outcome, available, failed, rows_written FROM runs")).toEqual([
      "volumes whole 3 0 31",
    ]);
  });

  it("are only listed by a second run, which leaves the file as it is", async () => {
    await run();
    bucket.takeGets();
    const before = statSync(db);
    const summary = await run();
    expect(summary).toMatchObject({ outcome: "nothing-to-do", files_fetched: 0, files_known: 3 });
    expect(bucket.takeGets()).toEqual([]);
    expect(statSync(db)).toMatchObject({ ino: before.ino, mtimeMs: before.mtimeMs });
  });

  it("are fetched again when a file is replaced, and what it lacks now is gone", async () => {
    await run();
    bucket.putBars(BTC, "2024-01", [{ date: "2024-01-01", close: "1.75" }]);
    bucket.putBars(BTC, "2024-01-02", [{ date: "2024-01-02", close: "1.3" }]);
    bucket.takeGets();
    const summary = await run();
    expect(summary).toMatchObject({ outcome: "whole", difference_count: 0 });
    const keys = ["2024-01", ...JANUARY.slice(1, 2), ...JANUARY.slice(3, 9)].map((period) => volumeKey(BTC, period));
    expect(bucket.takeGets()).toEqual(keys.flatMap((key) => [key, `${key}.CHECKSUM`]).sort());
    expect((await bars()).slice(0, 3)).toEqual([
      "2024-01-01 1.75 monthly",
      "2024-01-02 1.3 daily",
      "2024-01-04 9 daily",
    ]);
    expect(await bars()).toHaveLength(9);
  });

  it("of a month that disagrees with its days are noted with both values, and the month's stand", async () => {
    bucket.putBars(BTC, "2024-02-02", [{ date: "2024-02-02" }]);
    await run();
    bucket.putBars(BTC, "2024-02", [
      { date: "2024-02-01", close: "1.6", count: 3 },
      { date: "2024-02-02" },
      { date: "2024-02-03" },
    ]);
    expect(await run()).toMatchObject({ outcome: "whole", difference_count: 2 });
    expect(
      await ask(
        "SELECT date, symbol, column_name, monthly_value, daily_value, run_id FROM volume_differences ORDER BY 3",
      ),
    ).toEqual(["2024-02-01 BTCUSDT close 1.6 1.5 2", "2024-02-01 BTCUSDT trade_count 3 0 2"]);
    expect((await bars()).slice(-3)).toEqual([
      "2024-02-01 1.6 monthly",
      "2024-02-02 1.5 monthly",
      "2024-02-03 1.5 monthly",
    ]);
    expect(await files()).toEqual([
      "daily 2024-01-02 2024-01-02 true 1",
      "monthly 2024-01-01 2024-01-31 true 29",
      "monthly 2024-02-01 2024-02-29 true 3",
    ]);
  });

  it("tell what they do", async () => {
    const events: RunEvent[] = [];
    const running = run({ onEvent: (event) => events.push(event) });
    const iterated: string[] = [];
    for await (const { type } of running) iterated.push(type);
    expect(iterated).toEqual(events.map(({ type }) => type));
    expect(events.at(-1)).toMatchObject({ type: "done", outcome: "whole" });
    const last = events.findLast(({ type }) => type === "volumes");
    expect(last).toMatchObject({ symbol_count: 1, counts: { symbols_asked: 1, files_fetched: 3 } });
  });

  it("are due again when the signal ends the run", async () => {
    const ended = new AbortController();
    const symbols = Array.from({ length: 200 }, (_, i) => `S${i}USDT`);
    for (const symbol of symbols) bucket.putBars(symbol, "2024-01", [{ date: "2024-01-01" }]);
    const onEvent = ({ type }: RunEvent) => {
      if (type === "volumes") ended.abort();
    };
    const summary = await run({ symbols, signal: ended.signal, onEvent, connections: 1 });
    expect(summary.outcome).toBe("interrupted");
    const rest = await run({ symbols });
    expect(rest).toMatchObject({ outcome: "whole", files_fetched: symbols.length - summary.files_fetched });
    expect(await ask("SELECT count(*) FROM daily_volumes")).toEqual([String(symbols.length)]);
  });
});

describe("volumes that an update fetches", () => {
  const january = () => {
    bucket.putBars(
      ETH,
      "2024-01",
      JANUARY.map((date) => ({ date })),
    );
  };
  const updated = (options: Partial<UpdateOptions> = {}) =>
    update({
      ...{ db, endpoint: bucket.url, listEndpoint: bucket.listUrl, symbols: [ETH], unlisted: true, source: "list" },
      ...{ retries: 0, threads: 1, reject: false, ...options },
    });
  beforeEach(async () => {
    bucket.putBars(BTC, "2024-01", [{ date: "2024-01-01" }]);
    await run();
    january();
    bucket.takeGets();
  });

  it("are in its summary and its run in the journal, and told of", async () => {
    const types: string[] = [];
    const summary = await updated({ onEvent: ({ type }) => types.push(type) });
    expect(summary).toMatchObject({
      outcome: "whole",
      failed: 0,
      volumes: { files_fetched: 1, rows_written: 31, units_written: 1, failures: [] },
    });
    expect(types).toContain("volumes");
    expect(types.indexOf("volumes")).toBeGreaterThan(types.indexOf("probed"));
    expect(types.lastIndexOf("volumes")).toBeLessThan(types.indexOf("publishing"));
    expect(await bars(ETH)).toHaveLength(31);
    expect(await ask("SELECT command, outcome FROM runs ORDER BY run_id")).toEqual(["volumes whole", "update whole"]);
    expect(await ask("SELECT rows_written FROM runs WHERE command = 'update'")).toEqual([
      String(summary.rows_written + 31),
    ]);
  });

  it("are all that there is to do when no cell is due", async () => {
    await updated({ date: "2024-01-05", volumes: false });
    const before = await updated({ volumes: false });
    expect(before.volumes).toBeNull();
    expect(bucket.takeGets()).toEqual([]);
    const first = await updated();
    expect(first).toMatchObject({ outcome: "whole", volumes: { rows_written: 31 } });
    bucket.takeGets();
    const second = await updated({ date: "2024-01-05" });
    expect(second).toMatchObject({ outcome: "whole", volumes: { files_fetched: 0, files_known: 1 } });
    expect(bucket.takeGets()).toEqual([]);
  });

  it("fail it when they fail, by an error that names the file; all else is written", async () => {
    bucket.put(`${volumeKey(ETH, "2024-01")}.CHECKSUM`, `${"0".repeat(64)}  ${ETH}-1d-2024-01.zip`);
    const failed = await updated({ reject: true }).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failed).toBeInstanceOf(RunFailedError);
    const { message, summary } = failed as RunFailedError;
    expect(message).toMatch(/^1 of 1 files of volumes failed, the first for .*ETHUSDT-1d-2024-01\.zip \(the file has/);
    expect(summary).toMatchObject({
      outcome: "failed",
      failed: 0,
      failures: [],
      volumes: { files_failed: 1, failures: [{ symbol: ETH, code: "CHECKSUM_WRONG" }] },
    });
    expect(await ask("SELECT outcome, failed FROM runs WHERE command = 'update'")).toEqual(["failed 1"]);
    expect(await ask("SELECT count(*) > 0 FROM daily_availability")).toEqual(["true"]);
  });

  it("are left for the next run when the signal comes before or among them", async () => {
    for (const moment of ["probed", "volumes"]) {
      const ended = new AbortController();
      const onEvent = ({ type }: RunEvent) => {
        if (type === moment) ended.abort();
      };
      const symbols = [ETH, ...Array.from({ length: 50 }, (_, i) => `S${i}USDT`)];
      const summary = await updated({ symbols, signal: ended.signal, onEvent });
      expect({ moment, outcome: summary.outcome }).toEqual({ moment, outcome: "interrupted" });
      expect(summary.volumes === null).toBe(moment === "probed");
    }
    expect(await updated()).toMatchObject({ outcome: "whole" });
    expect(await bars(ETH)).toHaveLength(31);
  });

  it("are left out with a notice where they can't be listed", async () => {
    const notices: string[] = [];
    const summary = await updated({
      ...{ listEndpoint: undefined, source: "head", date: "2024-01-05" },
      onEvent: (event) => event.type === "notice" && notices.push(event.message),
    });
    expect(summary).toMatchObject({ outcome: "whole", volumes: null });
    expect(notices).toContain("no volumes: listing needs a listEndpoint if another endpoint is given");
  });

  it("are a switch", () => {
    expect(() => updateSettings({ db, volumes: "yes" } as unknown as UpdateOptions, Date.now())).toThrow(UsageError);
  });
});

describe("a file of volumes that fails", () => {
  const csv = (rows: string) => ({ [`${BTC}-1d-2024-01.csv`]: Buffer.from(rows) });
  const january = JANUARY.map((date) => csvRow({ date })).join("\n");
  const checksum = `${volumeKey(BTC, "2024-01")}.CHECKSUM`;

  beforeEach(() => {
    bucket.putBars(BTC, "2024-02", [{ date: "2024-02-01" }]);
    bucket.putBars(BTC, "2024-01-05", [{ date: "2024-01-05" }]);
    bucket.putBars(ETH, "2024-01", [{ date: "2024-01-01" }]);
  });

  it.each<[what: string, put: () => void, code: string, message: RegExp]>([
    [
      "by a wrong checksum",
      () => {
        bucket.putZip(BTC, "2024-01", csv(january));
        bucket.put(checksum, `${"0".repeat(64)}  ${BTC}-1d-2024-01.zip`);
      },
      "CHECKSUM_WRONG",
      /^the file has the SHA-256 [0-9a-f]{64}, but 0{64} according to its checksum file$/,
    ],
    [
      "by a checksum of something else",
      () => {
        bucket.putZip(BTC, "2024-01", csv(january));
        bucket.put(checksum, `${"0".repeat(64)}  ${ETH}-1d-2024-01.zip`);
      },
      "CHECKSUM_MALFORMED",
      /is for ETHUSDT/,
    ],
    [
      "without a checksum",
      () => {
        bucket.putZip(BTC, "2024-01", csv(january));
        bucket.remove(checksum);
      },
      "CHECKSUM_MISSING",
      /no checksum file/,
    ],
    [
      "as a bomb",
      () => {
        bucket.putZip(BTC, "2024-01", csv("0".repeat(20_000_000)));
      },
      "ZIP_BAD",
      /20000000 bytes/,
    ],
    [
      "with two files",
      () => {
        bucket.putZip(BTC, "2024-01", { ...csv(january), "b.csv": Buffer.from("") });
      },
      "ZIP_BAD",
      /2 files/,
    ],
    [
      "under another name",
      () => {
        bucket.putZip(BTC, "2024-01", { "b.csv": Buffer.from(january) });
      },
      "ZIP_BAD",
      /"b.csv"/,
    ],
    [
      "as a page",
      () => {
        bucket.putFile(BTC, "2024-01", Buffer.from("<html>blocked</html>"));
      },
      "ZIP_BAD",
      /end record/,
    ],
    [
      "cut off",
      () => {
        bucket.putFile(BTC, "2024-01", Buffer.from(zipSync(csv(january))).subarray(0, 200));
      },
      "ZIP_BAD",
      /./,
    ],
    [
      "by its CRC",
      () => {
        const zip = Buffer.from(zipSync(csv(january), { level: 0 }));
        zip.write("9", zip.indexOf("1704067200000"));
        bucket.putFile(BTC, "2024-01", zip);
      },
      "ZIP_BAD",
      /CRC/,
    ],
    [
      "by a bad row",
      () => {
        bucket.putZip(BTC, "2024-01", csv(`${january}\nnonsense`));
      },
      "CSV_BAD_ROW",
      /^line 32 of the CSV can't be read: column 1 is "nonsense"/,
    ],
    [
      "too long to be one",
      () => {
        bucket.putFile(BTC, "2024-01", Buffer.alloc(300_000));
      },
      "TOO_LONG",
      /262144 bytes/,
    ],
  ])("%s is named, and its days stay unknown", async (_, put, code, message) => {
    put();
    const summary = await run({ symbols: [BTC, ETH] });
    expect(summary).toMatchObject({ outcome: "failed", files_failed: 1, units_written: 2 });
    expect(summary.failures).toMatchObject([
      { symbol: BTC, date: "2024-01-01", days: 31, key: volumeKey(BTC, "2024-01"), code },
    ]);
    expect(summary.failures[0]?.message).toMatch(message);
    expect(await bars()).toEqual(["2024-02-01 1.5 monthly"]);
    expect(await bars(ETH)).toEqual(["2024-01-01 1.5 monthly"]);
    expect(await spans()).toEqual(["2019-12-31 2023-12-31", `2024-02-01 ${believed}`]);
    // It is due again, and is all that is due.
    bucket.putBars(BTC, "2024-01", [{ date: "2024-01-01" }]);
    expect(await run({ symbols: [BTC, ETH] })).toMatchObject({ outcome: "whole", files_fetched: 2, rows_written: 2 });
    expect(await spans()).toEqual([`2019-12-31 ${believed}`]);
  });

  it("for its checksum alone is taken when asked for, and marked", async () => {
    bucket.putZip(BTC, "2024-01", csv(january));
    bucket.remove(checksum);
    const february = `${volumeKey(BTC, "2024-02")}.CHECKSUM`;
    bucket.put(february, `${"0".repeat(64)}  ${BTC}-1d-2024-02.zip`);
    expect(await run({ acceptUnverified: true })).toMatchObject({
      outcome: "whole",
      files_unverified: 2,
      rows_written: 32,
    });
    expect(await files()).toEqual(["monthly 2024-01-01 2024-01-31 false 31", "monthly 2024-02-01 2024-02-29 false 1"]);
  });

  it("for its content is not taken even then", async () => {
    bucket.putZip(BTC, "2024-01", csv("nonsense"));
    bucket.remove(checksum);
    expect(await run({ acceptUnverified: true })).toMatchObject({ failures: [{ code: "CSV_BAD_ROW" }] });
  });

  it("when it takes the place of one that is known leaves that as it was", async () => {
    bucket.putZip(BTC, "2024-01", csv(january));
    await run();
    bucket.putZip(BTC, "2024-01", csv("nonsense"));
    expect(await run()).toMatchObject({ outcome: "failed" });
    expect(await bars()).toHaveLength(32);
    expect(await spans()).toEqual([`2019-12-31 ${believed}`]);
  });

  it("in a day makes that day unknown, even when it was believed to have none", async () => {
    await run();
    const date = formatDay(dayAt(Date.now()) - 30);
    bucket.putZip(BTC, date, { "b.csv": Buffer.from("") });
    expect(await run()).toMatchObject({ failures: [{ key: volumeKey(BTC, date), date, days: 1 }] });
    expect((await spans()).map((span) => span.split(" ")[1])).toEqual([formatDay(dayAt(Date.now()) - 31), believed]);
  });

  it("is asked for again when the failure may pass, and the retry is told", async () => {
    bucket.statuses.set(volumeKey(BTC, "2024-02"), [503, 500]);
    const summary = await run({ retries: 3 });
    expect(summary).toMatchObject({ outcome: "whole", retries: 2 });
    expect(summary.retried.map(({ code }) => code).sort()).toEqual(["HTTP_500", "HTTP_503"]);
    bucket.statuses.set(volumeKey(ETH, "2024-01"), [500]);
    expect(await run({ symbols: [ETH] })).toMatchObject({ failures: [{ code: "HTTP_500" }] });
    bucket.statuses.set(`${volumeKey(ETH, "2024-01")}.CHECKSUM`, [404 + 96]);
    expect(await run({ symbols: [ETH], acceptUnverified: true })).toMatchObject({ failures: [{ code: "HTTP_500" }] });
  });

  it.each(["monthly", "daily"])("by its %s listing fails its symbol, and the others are written", async (cadence) => {
    bucket.statuses.set(`data/futures/um/${cadence}/klines/${BTC}/1d/`, [500]);
    const summary = await run({ symbols: [BTC, ETH] });
    expect(summary).toMatchObject({ outcome: "failed", units_written: 1 });
    expect(summary.failures).toMatchObject([{ symbol: BTC, key: null, kind: "status", code: "HTTP_500" }]);
    expect(await bars()).toEqual([]);
    expect(await spans()).toEqual([]);
    expect(await bars(ETH)).toHaveLength(1);
    expect(await run({ symbols: [BTC, ETH] })).toMatchObject({ outcome: "whole" });
  });

  it("rejects the run by default, with the summary", async () => {
    bucket.putZip(BTC, "2024-01", csv("nonsense"));
    const error: unknown = await run({ reject: true }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(VolumesFailedError);
    expect(error).toMatchObject({ code: "VOLUMES_FAILED", summary: { outcome: "failed" } });
    expect((error as Error).message).toContain(
      `1 of 2 files of volumes failed, the first for ${volumeKey(BTC, "2024-01")}`,
    );
  });
});

it.each<[Record<string, unknown>, string]>([
  [{ acceptUnverified: "yes" }, "acceptUnverified"],
  [{ symbols: [] }, "symbols"],
  [{ listEndpoint: undefined }, "listEndpoint"],
  [{ source: "head" }, "source"],
])("refuses %j", async (options, option) => {
  const error: unknown = await run(options).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UsageError);
  expect(error).toMatchObject({ option });
});
