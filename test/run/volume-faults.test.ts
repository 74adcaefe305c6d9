import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { dayAt, formatDay } from "../../src/calendar/day.js";
import { VolumesFailedError } from "../../src/run/volumes.js";
import { csvRow, volumeKey, type VolumeBucket } from "../support/volume-bucket.js";
import { ALL_DAYS, believed, BTC, ETH, JANUARY, keysOf, ownWorld, sharedWorld } from "./volumes-support.js";

describe("a volume file that fails", () => {
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
  /** Each fault is in the January file of a separate symbol. */
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

  // Some files are known; then all faults come together; then they are repaired.
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
    // All are written except the symbols whose listing failed, and the one for which nothing changes.
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

  it.each(FAULTS)("%s is due again, and nothing else is", (_what, symbol) => {
    const { repaired } = runs.it;
    // The day that the month lacks now comes from its own file.
    expect(repaired.gets.filter((key) => key.includes(symbol))).toEqual(keysOf(symbol, ["2024-01", "2024-01-05"]));
    expect(repaired.bars(symbol)).toHaveLength(3);
    expect(repaired.spans(symbol)).toEqual([ALL_DAYS]);
  });

  it("of a file that replaces a known one leaves the known bars as they were", () => {
    const { known, failed } = runs.it;
    expect(failuresOf(REPLACED)).toMatchObject([{ key: volumeKey(REPLACED, "2024-01"), code: "CSV_BAD_ROW" }]);
    expect(failed.bars(REPLACED)).toHaveLength(32);
    expect(failed.bars(REPLACED)).toEqual(known.bars(REPLACED));
    expect(failed.spans(REPLACED)).toEqual([ALL_DAYS]);
  });

  it("in a day makes that day unknown, even if it was believed to have none", () => {
    const { known, failed } = runs.it;
    expect(known.spans(DAILY)).toEqual([ALL_DAYS]);
    const date = formatDay(aMonthAgo);
    expect(failuresOf(DAILY)).toMatchObject([{ key: volumeKey(DAILY, date), date, days: 1 }]);
    const ends = failed.spans(DAILY).map((span) => span.split(" ")[1]);
    expect(ends).toEqual([formatDay(aMonthAgo - 1), believed]);
  });

  it.each(LISTINGS)("of its %s listing fails its symbol, and the others are written", (_cadence, symbol) => {
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

    it("is accepted only as far as its checksum goes, and is marked", () => {
      expect(summary()).toMatchObject({ files_unverified: 2, rows_written: 32 });
      expect(failuresOf(BTC)).toEqual([]);
      expect(accepting.it.files(BTC)).toEqual([
        "monthly 2024-01-01 2024-01-31 false 31",
        "monthly 2024-02-01 2024-02-29 false 1",
      ]);
    });

    it("is still refused for its content", () => {
      expect(failuresOf(XRP)).toMatchObject([{ code: "CSV_BAD_ROW" }]);
      expect(accepting.it.files(XRP)).toEqual([]);
    });

    it("is refused if its checksum can't be fetched", () => {
      expect(failuresOf(ETH)).toMatchObject([{ code: "HTTP_500" }]);
      expect(accepting.it.files(ETH)).toEqual([]);
    });

    it("rejects the run by default, with the summary", () => {
      const { error } = accepting.it;
      expect(error).toBeInstanceOf(VolumesFailedError);
      expect(error).toMatchObject({ code: "VOLUMES_FAILED", summary: { outcome: "failed" } });
      const [first] = summary().failures;
      expect([volumeKey(XRP, "2024-01"), volumeKey(ETH, "2024-01")]).toContain(first?.key);
      expect((error as Error).message).toContain(`2 of 4 volume files failed, the first for ${String(first?.key)}`);
    });
  });

  it("is requested again if the failure may pass, and the retry is reported", async () => {
    const { bucket, run } = await ownWorld();
    bucket.putBars(BTC, "2024-02", [{ date: "2024-02-01" }]);
    bucket.statuses.set(volumeKey(BTC, "2024-02"), [503, 500]);
    const summary = await run({ retries: 3 });
    expect(summary).toMatchObject({ outcome: "whole", retries: 2 });
    expect(summary.retried.map(({ code }) => code).sort()).toEqual(["HTTP_500", "HTTP_503"]);
  });
});
