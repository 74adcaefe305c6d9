import { statSync } from "node:fs";
import { join } from "node:path";
import { zipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { dayAt, dayOf, formatDay } from "../../src/calendar/day.js";
import { UsageError } from "../../src/errors.js";
import type { RunEvent } from "../../src/run/events.js";
import { RunFailedError } from "../../src/run/failed-error.js";
import type { UpdateOptions, VolumesOptions } from "../../src/run/options.js";
import { updateSettings } from "../../src/run/settings.js";
import { update } from "../../src/run/update.js";
import { volumes, VolumesFailedError } from "../../src/run/volumes.js";
import { openStore } from "../../src/store/open.js";
import { rowsOf, temporaryFolder } from "../support/database.js";
import { csvRow, datesOf, volumeKey, VolumeBucket } from "../support/volume-bucket.js";
import { writeVolumes } from "../support/volumes.js";

const BTC = "BTCUSDT";
const ETH = "ETHUSDT";
const JANUARY = datesOf("2024-01", 31);
/** The last day whose file, if there is none, is believed to be absent. */
const believed = formatDay(dayAt(Date.now()) - 4);
const ALL_DAYS = `2019-12-31 ${believed}`;

/** An empty bucket, a file that is not there yet, and runs of the one into the other. */
async function newWorld() {
  const folder = temporaryFolder();
  const db = join(folder.path, "a.duckdb");
  const bucket = await new VolumeBucket().start();
  const where = { db, endpoint: bucket.url, listEndpoint: bucket.listUrl };
  const strictly = { unlisted: true, retries: 0, threads: 1, reject: false };
  const ask = async (sql: string) => (await rowsOf(db, sql)).map((row) => row.map(String).join(" "));
  return {
    ...{ db, bucket, ask },
    run: (options: Partial<VolumesOptions> = {}) => volumes({ ...where, ...strictly, symbols: [BTC], ...options }),
    updated: (options: Partial<UpdateOptions> = {}) =>
      update({ ...where, ...strictly, symbols: [ETH], source: "list", ...options }),
    /** The bars of each symbol: date, close, source. */
    bars: async () => bySymbol(await ask("SELECT symbol, date, close, source FROM daily_volumes ORDER BY ALL")),
    /** The known days of each symbol: from, to. */
    spans: async () => bySymbol(await ask("SELECT symbol, from_date, to_date FROM volume_spans ORDER BY ALL")),
    /** The files of each symbol: source, from, to, verified, rows. */
    files: async () =>
      bySymbol(
        await ask(
          "SELECT symbol, source, from_date, to_date, verified, row_count FROM volume_files ORDER BY symbol, source, from_date",
        ),
      ),
    close: async () => {
      await bucket.close();
      folder.remove();
    },
  };
}
type World = Awaited<ReturnType<typeof newWorld>>;

/** Texts that begin with a symbol, without it, by symbol. */
function bySymbol(texts: readonly string[]): (symbol: string) => string[] {
  return (symbol) => texts.filter((text) => text.startsWith(`${symbol} `)).map((text) => text.slice(symbol.length + 1));
}

/** A world for one test. */
async function ownWorld(): Promise<World> {
  const world = await newWorld();
  onTestFinished(world.close);
  return world;
}

/** A world for all tests of a block, which only look at what happened to it. */
function sharedWorld<Happened>(happens: (world: World) => Promise<Happened>): { it: Happened } {
  const shared = {} as { it: Happened };
  let world: World;
  beforeAll(async () => {
    world = await newWorld();
    shared.it = await happens(world);
  });
  afterAll(() => world.close());
  return shared;
}

/** Keys of files and of their checksum files. */
const withChecksums = (keys: readonly string[]) => keys.flatMap((key) => [key, `${key}.CHECKSUM`]).sort();
const keysOf = (symbol: string, periods: readonly string[]) =>
  withChecksums(periods.map((period) => volumeKey(symbol, period)));

describe("volumes", () => {
  // Three runs: the first fetches all, the second finds nothing new, the third finds what was replaced and added.
  const runs = sharedWorld(async (world) => {
    const { bucket, bars, spans, files, ask } = world;
    // 02 has a file of its own alone, 03 has none at all.
    bucket.putBars(
      BTC,
      "2024-01",
      datesOf("2024-01", 31, ["2024-01-02", "2024-01-03"]).map((date) => ({ date })),
    );
    bucket.putBars(BTC, "2024-01-02", [{ date: "2024-01-02", close: "1.25" }]);
    for (const date of JANUARY.slice(3, 9)) bucket.putBars(BTC, date, [{ date, close: "9" }]);
    bucket.putBars(BTC, "2024-02-01", [{ date: "2024-02-01", count: 0 }]);
    bucket.putBars(ETH, "2024-02-01", [{ date: "2024-02-01", count: 0 }]);
    bucket.putBars(ETH, "2024-02-02", [{ date: "2024-02-02" }]);
    const symbols = [BTC, ETH];
    const state = async () => ({ bars: await bars(), spans: await spans(), files: await files() });

    const events: RunEvent[] = [];
    const running = world.run({ symbols, onEvent: (event) => events.push(event) });
    const iterated: string[] = [];
    for await (const { type } of running) iterated.push(type);
    const first = { summary: await running, events, iterated, gets: bucket.takeGets(), ...(await state()) };
    const values = await ask(
      `SELECT volume, quote_volume, trade_count, taker_buy_volume, taker_buy_quote_volume
        FROM daily_volumes WHERE symbol = 'BTCUSDT' AND date = DATE '2024-02-01'`,
    );
    const journal = await ask("SELECT command, outcome, available, failed, rows_written FROM runs");

    const before = statSync(world.db);
    const again = { summary: await world.run({ symbols }), gets: bucket.takeGets(), before, after: statSync(world.db) };

    bucket.putBars(BTC, "2024-01", [{ date: "2024-01-01", close: "1.75" }]);
    bucket.putBars(BTC, "2024-01-02", [{ date: "2024-01-02", close: "1.3" }]);
    bucket.putBars(ETH, "2024-02", [
      { date: "2024-02-01", close: "1.6", count: 3 },
      { date: "2024-02-02" },
      { date: "2024-02-03" },
    ]);
    const third = { summary: await world.run({ symbols }), gets: bucket.takeGets(), ...(await state()) };
    const differences = await ask(
      "SELECT date, symbol, column_name, monthly_value, daily_value, run_id FROM volume_differences ORDER BY 3",
    );
    return { first, values, journal, again, third, differences };
  });

  it("come from months, and from days where there is no month or it lacks them", () => {
    const { first, values, journal } = runs.it;
    expect(first.summary).toMatchObject({
      outcome: "whole",
      files_fetched: 5,
      files_failed: 0,
      rows_written: 33,
      failures: [],
    });
    const found = first.bars(BTC);
    expect(found).toHaveLength(31);
    expect(found.slice(0, 4)).toEqual([
      "2024-01-01 1.5 monthly",
      "2024-01-02 1.25 daily",
      "2024-01-04 1.5 monthly",
      "2024-01-05 1.5 monthly",
    ]);
    expect(found.at(-1)).toBe("2024-02-01 1.5 daily");
    expect(first.gets.filter((key) => key.includes(BTC))).toEqual(keysOf(BTC, ["2024-01", "2024-01-02", "2024-02-01"]));
    expect(first.files(BTC)).toEqual([
      "daily 2024-01-02 2024-01-02 true 1",
      "daily 2024-02-01 2024-02-01 true 1",
      "monthly 2024-01-01 2024-01-31 true 29",
    ]);
    // Of the newest days nothing is known as long as their files may just not be there yet.
    expect(first.spans(BTC)).toEqual([ALL_DAYS]);
    expect(values).toEqual(["10 15 0 4 6"]);
    expect(journal).toEqual(["volumes whole 5 0 33"]);
  });

  it("are only listed by a second run, which leaves the file as it is", () => {
    const { summary, gets, before, after } = runs.it.again;
    expect(summary).toMatchObject({ outcome: "nothing-to-do", files_fetched: 0, files_known: 5 });
    expect(gets).toEqual([]);
    expect(after).toMatchObject({ ino: before.ino, mtimeMs: before.mtimeMs });
  });

  it("are fetched again when a file is replaced, and what it lacks now is gone", () => {
    const { summary, gets, bars } = runs.it.third;
    expect(summary).toMatchObject({ outcome: "whole" });
    // A value of the same file's earlier version is no difference.
    expect(runs.it.differences.filter((text) => text.includes(BTC))).toEqual([]);
    expect(gets.filter((key) => key.includes(BTC))).toEqual(
      keysOf(BTC, ["2024-01", ...JANUARY.slice(1, 2), ...JANUARY.slice(3, 9)]),
    );
    expect(bars(BTC).slice(0, 3)).toEqual(["2024-01-01 1.75 monthly", "2024-01-02 1.3 daily", "2024-01-04 9 daily"]);
    expect(bars(BTC)).toHaveLength(9);
  });

  it("of a month that disagrees with its days are noted with both values, and the month's stand", () => {
    const { third, differences } = runs.it;
    expect(third.summary).toMatchObject({ outcome: "whole", difference_count: 2 });
    expect(differences).toEqual(["2024-02-01 ETHUSDT close 1.6 1.5 2", "2024-02-01 ETHUSDT trade_count 3 0 2"]);
    expect(third.bars(ETH)).toEqual(["2024-02-01 1.6 monthly", "2024-02-02 1.5 monthly", "2024-02-03 1.5 monthly"]);
    expect(third.files(ETH)).toEqual(["monthly 2024-02-01 2024-02-29 true 3"]);
  });

  it("tell what they do", () => {
    const { events, iterated } = runs.it.first;
    expect(iterated).toEqual(events.map(({ type }) => type));
    expect(events.at(-1)).toMatchObject({ type: "done", outcome: "whole" });
    const last = events.findLast(({ type }) => type === "volumes");
    expect(last).toMatchObject({ symbol_count: 2, counts: { symbols_asked: 2, files_fetched: 5 } });
  });

  it("are due again when the signal ends the run", async () => {
    const { bucket, run, ask } = await ownWorld();
    const ended = new AbortController();
    const symbols = Array.from({ length: 40 }, (_, i) => `S${i}USDT`);
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
  /** Has the world's file know volumes of another symbol, and the bucket those of a month. */
  async function begun(world: World | Promise<World>): Promise<World> {
    const { db, bucket } = await world;
    const store = await openStore(db);
    await writeVolumes(store, [{ symbol: BTC, from: dayOf("2024-01-01"), bars: [1] }]);
    await store.close();
    bucket.putBars(
      ETH,
      "2024-01",
      JANUARY.map((date) => ({ date })),
    );
    return world;
  }

  it("are in its summary and its run in the journal, and told of", async () => {
    const { updated, bars, ask } = await begun(ownWorld());
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
    expect((await bars())(ETH)).toHaveLength(31);
    expect(await ask("SELECT command, outcome FROM runs ORDER BY run_id")).toEqual(["update whole"]);
    expect(await ask("SELECT rows_written FROM runs WHERE command = 'update'")).toEqual([
      String(summary.rows_written + 31),
    ]);
  });

  describe("for a day that is final", () => {
    const runs = sharedWorld(async (world) => {
      const { bucket, updated } = await begun(world);
      const date = { date: "2024-01-05" };
      const notices: string[] = [];
      const unlisted = await updated({
        ...{ ...date, listEndpoint: undefined, source: "head" },
        onEvent: (event) => event.type === "notice" && notices.push(event.message),
      });
      bucket.takeGets();
      const left = { summary: await updated({ volumes: false }), gets: bucket.takeGets() };
      const first = { summary: await updated(), gets: bucket.takeGets() };
      const second = { summary: await updated(date), gets: bucket.takeGets() };
      return { unlisted, notices, left, first, second };
    });

    it("are left out with a notice where they can't be listed", () => {
      const { unlisted, notices } = runs.it;
      expect(unlisted).toMatchObject({ outcome: "whole", probes: 1, volumes: null });
      expect(notices).toContain("no volumes: listing needs a listEndpoint if another endpoint is given");
    });

    it("are left alone when not wanted", () => {
      const { summary, gets } = runs.it.left;
      expect(summary.volumes).toBeNull();
      expect(gets).toEqual([]);
    });

    it("are all that there is to do when no cell is due", () => {
      const { first, second } = runs.it;
      expect(first.summary).toMatchObject({ outcome: "whole", probes: 0, volumes: { rows_written: 31 } });
      expect(first.gets).toEqual(keysOf(ETH, ["2024-01"]));
      expect(second.summary).toMatchObject({ outcome: "whole", volumes: { files_fetched: 0, files_known: 1 } });
      expect(second.gets).toEqual([]);
    });
  });

  it("fail it when they fail, by an error that names the file; all else is written", async () => {
    const { bucket, updated, ask } = await begun(ownWorld());
    bucket.put(`${volumeKey(ETH, "2024-01")}.CHECKSUM`, `${"0".repeat(64)}  ${ETH}-1d-2024-01.zip`);
    const failed = await updated({ date: "2024-01-05", reject: true }).then(
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
    const { updated, bars } = await begun(ownWorld());
    const symbols = [ETH, "S1USDT", "S2USDT", "S3USDT"];
    for (const moment of ["probed", "volumes"]) {
      const ended = new AbortController();
      const onEvent = ({ type }: RunEvent) => {
        if (type === moment) ended.abort();
      };
      const summary = await updated({ symbols, date: "2024-01-05", signal: ended.signal, onEvent });
      expect({ moment, outcome: summary.outcome }).toEqual({ moment, outcome: "interrupted" });
      expect(summary.volumes === null).toBe(moment === "probed");
    }
    expect(await updated({ date: "2024-01-05" })).toMatchObject({ outcome: "whole" });
    expect((await bars())(ETH)).toHaveLength(31);
  });

  it("are a switch", () => {
    const options = { db: "a.duckdb", volumes: "yes" } as unknown as UpdateOptions;
    expect(() => updateSettings(options, Date.now())).toThrow(UsageError);
  });
});

describe("a file of volumes that fails", () => {
  const csv = (symbol: string, rows: string) => ({ [`${symbol}-1d-2024-01.csv`]: Buffer.from(rows) });
  const january = JANUARY.map((date) => csvRow({ date })).join("\n");
  const checksumOf = (symbol: string, period = "2024-01") => `${volumeKey(symbol, period)}.CHECKSUM`;
  const wrongFor = (symbol: string, period: string) => `${"0".repeat(64)}  ${symbol}-1d-${period}.zip`;

  type Fault = [what: string, symbol: string, put: (bucket: VolumeBucket) => void, code: string, message: RegExp];
  const faultOf = (
    what: string,
    put: (bucket: VolumeBucket, symbol: string) => void,
    code: string,
    message: RegExp,
    index: number,
  ): Fault => {
    const symbol = `F${String(index).padStart(2, "0")}USDT`;
    return [
      what,
      symbol,
      (bucket) => {
        put(bucket, symbol);
      },
      code,
      message,
    ];
  };
  /** Each fault is that of January's file of a symbol of its own. */
  const FAULTS = (
    [
      [
        "by a wrong checksum",
        (bucket, symbol) => {
          bucket.putZip(symbol, "2024-01", csv(symbol, january));
          bucket.put(checksumOf(symbol), wrongFor(symbol, "2024-01"));
        },
        "CHECKSUM_WRONG",
        /^the file has the SHA-256 [0-9a-f]{64}, but 0{64} according to its checksum file$/,
      ],
      [
        "by a checksum of something else",
        (bucket, symbol) => {
          bucket.putZip(symbol, "2024-01", csv(symbol, january));
          bucket.put(checksumOf(symbol), wrongFor(ETH, "2024-01"));
        },
        "CHECKSUM_MALFORMED",
        /is for ETHUSDT/,
      ],
      [
        "without a checksum",
        (bucket, symbol) => {
          bucket.putZip(symbol, "2024-01", csv(symbol, january));
          bucket.remove(checksumOf(symbol));
        },
        "CHECKSUM_MISSING",
        /no checksum file/,
      ],
      [
        "as a bomb",
        (bucket, symbol) => {
          bucket.putZip(symbol, "2024-01", csv(symbol, "0".repeat(20_000_000)));
        },
        "ZIP_BAD",
        /20000000 bytes/,
      ],
      [
        "with two files",
        (bucket, symbol) => {
          bucket.putZip(symbol, "2024-01", { ...csv(symbol, january), "b.csv": Buffer.from("") });
        },
        "ZIP_BAD",
        /2 files/,
      ],
      [
        "under another name",
        (bucket, symbol) => {
          bucket.putZip(symbol, "2024-01", { "b.csv": Buffer.from(january) });
        },
        "ZIP_BAD",
        /"b.csv"/,
      ],
      [
        "as a page",
        (bucket, symbol) => {
          bucket.putFile(symbol, "2024-01", Buffer.from("<html>blocked</html>"));
        },
        "ZIP_BAD",
        /end record/,
      ],
      [
        "cut off",
        (bucket, symbol) => {
          bucket.putFile(symbol, "2024-01", Buffer.from(zipSync(csv(symbol, january))).subarray(0, 200));
        },
        "ZIP_BAD",
        /./,
      ],
      [
        "by its CRC",
        (bucket, symbol) => {
          const zip = Buffer.from(zipSync(csv(symbol, january), { level: 0 }));
          zip.write("9", zip.indexOf("1704067200000"));
          bucket.putFile(symbol, "2024-01", zip);
        },
        "ZIP_BAD",
        /CRC/,
      ],
      [
        "by a bad row",
        (bucket, symbol) => {
          bucket.putZip(symbol, "2024-01", csv(symbol, `${january}\nnonsense`));
        },
        "CSV_BAD_ROW",
        /^line 32 of the CSV can't be read: column 1 is "nonsense"/,
      ],
      [
        "too long to be one",
        (bucket, symbol) => {
          bucket.putFile(symbol, "2024-01", Buffer.alloc(300_000));
        },
        "TOO_LONG",
        /262144 bytes/,
      ],
      [
        "by an answer of the server's",
        (bucket, symbol) => {
          bucket.putZip(symbol, "2024-01", csv(symbol, january));
          bucket.statuses.set(volumeKey(symbol, "2024-01"), [500]);
        },
        "HTTP_500",
        /500/,
      ],
    ] satisfies [string, (bucket: VolumeBucket, symbol: string) => void, string, RegExp][]
  ).map((fault, index) => faultOf(...fault, index));

  const LISTINGS = ["monthly", "daily"].map((cadence) => [cadence, `${cadence.toUpperCase()}USDT`] as const);
  const REPLACED = "REPLACEDUSDT";
  const DAILY = "ADAYUSDT";
  const aMonthAgo = dayAt(Date.now()) - 30;
  const symbols = [
    ...FAULTS.map(([, symbol]) => symbol),
    ...LISTINGS.map(([, symbol]) => symbol),
    REPLACED,
    DAILY,
    ETH,
  ];

  // Some files are known; then all faults come at once; then they are repaired.
  const runs = sharedWorld(async (world) => {
    const { bucket, run } = world;
    for (const symbol of symbols) {
      bucket.putBars(symbol, "2024-02", [{ date: "2024-02-01" }]);
      bucket.putBars(symbol, "2024-01-05", [{ date: "2024-01-05" }]);
    }
    bucket.putBars(ETH, "2024-01", [{ date: "2024-01-01" }]);
    bucket.putZip(REPLACED, "2024-01", csv(REPLACED, january));
    const state = async () => ({ bars: await world.bars(), spans: await world.spans() });
    const known = { summary: await run({ symbols: [REPLACED, DAILY] }), ...(await state()) };

    for (const [, , put] of FAULTS) put(bucket);
    for (const [cadence, symbol] of LISTINGS) {
      bucket.statuses.set(`data/futures/um/${cadence}/klines/${symbol}/1d/`, [500]);
    }
    bucket.putZip(REPLACED, "2024-01", csv(REPLACED, "nonsense"));
    bucket.putZip(DAILY, formatDay(aMonthAgo), { "b.csv": Buffer.from("") });
    const failed = { summary: await run({ symbols }), ...(await state()) };

    for (const symbol of symbols) bucket.putBars(symbol, "2024-01", [{ date: "2024-01-01" }]);
    bucket.remove(volumeKey(DAILY, formatDay(aMonthAgo)));
    bucket.takeGets();
    const repaired = { summary: await run({ symbols }), gets: bucket.takeGets(), ...(await state()) };
    return { known, failed, repaired };
  });
  const failuresOf = (symbol: string) => runs.it.failed.summary.failures.filter((failure) => failure.symbol === symbol);

  it("is counted", () => {
    const { known, failed, repaired } = runs.it;
    expect(known.summary).toMatchObject({ outcome: "whole", failures: [] });
    // All are written but the symbols whose listing failed, and the one of which nothing changes.
    expect(failed.summary).toMatchObject({ outcome: "failed", files_failed: FAULTS.length + 2 });
    expect(failed.summary.failures).toHaveLength(FAULTS.length + 2 + LISTINGS.length);
    expect(failed.summary.units_written).toBe(symbols.length - LISTINGS.length - 1);
    expect(failed.bars(ETH)).toEqual(["2024-01-01 1.5 monthly", "2024-01-05 1.5 daily", "2024-02-01 1.5 monthly"]);
    expect(repaired.summary).toMatchObject({ outcome: "whole", files_failed: 0, failures: [] });
  });

  it.each(FAULTS)("%s is named, and its days stay unknown", (_what, symbol, _put, code, message) => {
    const { failed } = runs.it;
    const failures = failuresOf(symbol);
    expect(failures).toMatchObject([{ symbol, date: "2024-01-01", days: 31, key: volumeKey(symbol, "2024-01"), code }]);
    expect(failures[0]?.message).toMatch(message);
    expect(failed.bars(symbol)).toEqual(["2024-02-01 1.5 monthly"]);
    expect(failed.spans(symbol)).toEqual(["2019-12-31 2023-12-31", `2024-02-01 ${believed}`]);
  });

  it.each(FAULTS)("%s is due again, and is all that is due", (_what, symbol) => {
    const { repaired } = runs.it;
    // The day that the month lacks now comes from its own file.
    expect(repaired.gets.filter((key) => key.includes(symbol))).toEqual(keysOf(symbol, ["2024-01", "2024-01-05"]));
    expect(repaired.bars(symbol)).toHaveLength(3);
    expect(repaired.spans(symbol)).toEqual([ALL_DAYS]);
  });

  it("when it takes the place of one that is known leaves that as it was", () => {
    const { known, failed } = runs.it;
    expect(failuresOf(REPLACED)).toMatchObject([{ key: volumeKey(REPLACED, "2024-01"), code: "CSV_BAD_ROW" }]);
    expect(failed.bars(REPLACED)).toHaveLength(32);
    expect(failed.bars(REPLACED)).toEqual(known.bars(REPLACED));
    expect(failed.spans(REPLACED)).toEqual([ALL_DAYS]);
  });

  it("in a day makes that day unknown, even when it was believed to have none", () => {
    const { known, failed } = runs.it;
    expect(known.spans(DAILY)).toEqual([ALL_DAYS]);
    const date = formatDay(aMonthAgo);
    expect(failuresOf(DAILY)).toMatchObject([{ key: volumeKey(DAILY, date), date, days: 1 }]);
    const ends = failed.spans(DAILY).map((span) => span.split(" ")[1]);
    expect(ends).toEqual([formatDay(aMonthAgo - 1), believed]);
  });

  it.each(LISTINGS)("by its %s listing fails its symbol, and the others are written", (_cadence, symbol) => {
    const { failed, repaired } = runs.it;
    expect(failuresOf(symbol)).toMatchObject([{ symbol, key: null, kind: "status", code: "HTTP_500" }]);
    expect(failed.bars(symbol)).toEqual([]);
    expect(failed.spans(symbol)).toEqual([]);
    expect(repaired.bars(symbol)).toHaveLength(3);
  });

  describe("when unverified files are accepted", () => {
    const XRP = "XRPUSDT";
    const accepting = sharedWorld(async ({ bucket, run, files }) => {
      bucket.putZip(BTC, "2024-01", csv(BTC, january));
      bucket.remove(checksumOf(BTC));
      bucket.putBars(BTC, "2024-02", [{ date: "2024-02-01" }]);
      bucket.put(checksumOf(BTC, "2024-02"), wrongFor(BTC, "2024-02"));
      bucket.putZip(XRP, "2024-01", csv(XRP, "nonsense"));
      bucket.remove(checksumOf(XRP));
      bucket.putBars(ETH, "2024-01", [{ date: "2024-01-01" }]);
      bucket.statuses.set(checksumOf(ETH), [500]);
      const error: unknown = await run({ symbols: [BTC, XRP, ETH], acceptUnverified: true, reject: true }).catch(
        (reason: unknown) => reason,
      );
      return { error, files: await files() };
    });
    const summary = () => (accepting.it.error as VolumesFailedError).summary;
    const failuresOf = (symbol: string) => summary().failures.filter((failure) => failure.symbol === symbol);

    it("is taken for its checksum alone, and marked", () => {
      expect(summary()).toMatchObject({ files_unverified: 2, rows_written: 32 });
      expect(failuresOf(BTC)).toEqual([]);
      expect(accepting.it.files(BTC)).toEqual([
        "monthly 2024-01-01 2024-01-31 false 31",
        "monthly 2024-02-01 2024-02-29 false 1",
      ]);
    });

    it("is not taken for its content even then", () => {
      expect(failuresOf(XRP)).toMatchObject([{ code: "CSV_BAD_ROW" }]);
      expect(accepting.it.files(XRP)).toEqual([]);
    });

    it("is not taken when its checksum can't be had", () => {
      expect(failuresOf(ETH)).toMatchObject([{ code: "HTTP_500" }]);
      expect(accepting.it.files(ETH)).toEqual([]);
    });

    it("rejects the run by default, with the summary", () => {
      const { error } = accepting.it;
      expect(error).toBeInstanceOf(VolumesFailedError);
      expect(error).toMatchObject({ code: "VOLUMES_FAILED", summary: { outcome: "failed" } });
      const [first] = summary().failures;
      expect([volumeKey(XRP, "2024-01"), volumeKey(ETH, "2024-01")]).toContain(first?.key);
      expect((error as Error).message).toContain(`2 of 4 files of volumes failed, the first for ${String(first?.key)}`);
    });
  });

  it("is asked for again when the failure may pass, and the retry is told", async () => {
    const { bucket, run } = await ownWorld();
    bucket.putBars(BTC, "2024-02", [{ date: "2024-02-01" }]);
    bucket.statuses.set(volumeKey(BTC, "2024-02"), [503, 500]);
    const summary = await run({ retries: 3 });
    expect(summary).toMatchObject({ outcome: "whole", retries: 2 });
    expect(summary.retried.map(({ code }) => code).sort()).toEqual(["HTTP_500", "HTTP_503"]);
  });
});

it.each<[Record<string, unknown>, string]>([
  [{ acceptUnverified: "yes" }, "acceptUnverified"],
  [{ symbols: [] }, "symbols"],
  [{ listEndpoint: undefined }, "listEndpoint"],
  [{ source: "head" }, "source"],
])("refuses %j", async (options, option) => {
  const { run } = await ownWorld();
  const error: unknown = await run(options).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UsageError);
  expect(error).toMatchObject({ option });
});
