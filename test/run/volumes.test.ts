import { statSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { dayOf } from "../../src/calendar/day.js";
import { UsageError } from "../../src/errors.js";
import type { RunEvent } from "../../src/run/events.js";
import { RunFailedError } from "../../src/run/failed-error.js";
import type { UpdateOptions } from "../../src/run/options.js";
import { updateSettings } from "../../src/run/settings.js";
import { openStore } from "../../src/store/open.js";
import { datesOf, volumeKey } from "../support/volume-bucket.js";
import { writeVolumes } from "../support/volumes.js";
import { ALL_DAYS, BTC, ETH, JANUARY, keysOf, ownWorld, sharedWorld, type World } from "./volumes-support.js";

describe("volumes", () => {
  // Three runs: the first fetches all, the second finds nothing new, the third finds what was replaced and added.
  const runs = sharedWorld(async (world) => {
    const { bucket, bars, spans, files, ask } = world;
    // 02 has only a file of its own, 03 has none at all.
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

  it("come from months, and from days if there is no month or the month lacks them", () => {
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
    // Nothing is known about the newest days as long as their files may simply not exist yet.
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

  it("are fetched again when a file is replaced, and what the new file lacks is gone", () => {
    const { summary, gets, bars } = runs.it.third;
    expect(summary).toMatchObject({ outcome: "whole" });
    // A value of an earlier version of the same file is not a difference.
    expect(runs.it.differences.filter((text) => text.includes(BTC))).toEqual([]);
    expect(gets.filter((key) => key.includes(BTC))).toEqual(
      keysOf(BTC, ["2024-01", ...JANUARY.slice(1, 2), ...JANUARY.slice(3, 9)]),
    );
    expect(bars(BTC).slice(0, 3)).toEqual(["2024-01-01 1.75 monthly", "2024-01-02 1.3 daily", "2024-01-04 9 daily"]);
    expect(bars(BTC)).toHaveLength(9);
  });

  it("of a month that disagrees with its days are recorded with both values, and the month's win", () => {
    const { third, differences } = runs.it;
    expect(third.summary).toMatchObject({ outcome: "whole", difference_count: 2 });
    expect(differences).toEqual(["2024-02-01 ETHUSDT close 1.6 1.5 2", "2024-02-01 ETHUSDT trade_count 3 0 2"]);
    expect(third.bars(ETH)).toEqual(["2024-02-01 1.6 monthly", "2024-02-02 1.5 monthly", "2024-02-03 1.5 monthly"]);
    expect(third.files(ETH)).toEqual(["monthly 2024-02-01 2024-02-29 true 3"]);
  });

  it("are reported as they are fetched", () => {
    const { events, iterated } = runs.it.first;
    expect(iterated).toEqual(events.map(({ type }) => type));
    expect(events.at(-1)).toMatchObject({ type: "done", outcome: "whole" });
    const last = events.findLast(({ type }) => type === "volumes");
    expect(last).toMatchObject({ symbol_count: 2, counts: { symbols_asked: 2, files_fetched: 5 } });
  });

  it("are due again if the signal ends the run", async () => {
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
  /** Gives the world's file volumes of another symbol, and the bucket those of a month. */
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

  it("are in its summary and in its run in the journal, and are reported", async () => {
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

  describe("for a final day", () => {
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

    it("are left out with a notice if they can't be listed", () => {
      const { unlisted, notices } = runs.it;
      expect(unlisted).toMatchObject({ outcome: "whole", probes: 1, volumes: null });
      expect(notices).toContain("no volumes: they need a list endpoint, and none was given with the endpoint");
    });

    it("are left alone if not wanted", () => {
      const { summary, gets } = runs.it.left;
      expect(summary.volumes).toBeNull();
      expect(gets).toEqual([]);
    });

    it("are all that there is to do if no cell is due", () => {
      const { first, second } = runs.it;
      expect(first.summary).toMatchObject({ outcome: "whole", probes: 0, volumes: { rows_written: 31 } });
      expect(first.gets).toEqual(keysOf(ETH, ["2024-01"]));
      expect(second.summary).toMatchObject({ outcome: "whole", volumes: { files_fetched: 0, files_known: 1 } });
      expect(second.gets).toEqual([]);
    });
  });

  it("fail it if they fail, with an error that names the file; everything else is written", async () => {
    const { bucket, updated, ask } = await begun(ownWorld());
    bucket.put(`${volumeKey(ETH, "2024-01")}.CHECKSUM`, `${"0".repeat(64)}  ${ETH}-1d-2024-01.zip`);
    const failed = await updated({ date: "2024-01-05", reject: true }).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failed).toBeInstanceOf(RunFailedError);
    const { message, summary } = failed as RunFailedError;
    expect(message).toMatch(/^1 of 1 volume file failed, the first for .*ETHUSDT-1d-2024-01\.zip \(the file has/);
    expect(summary).toMatchObject({
      outcome: "failed",
      failed: 0,
      failures: [],
      volumes: { files_failed: 1, failures: [{ symbol: ETH, code: "CHECKSUM_WRONG" }] },
    });
    expect(await ask("SELECT outcome, failed FROM runs WHERE command = 'update'")).toEqual(["failed 1"]);
    expect(await ask("SELECT count(*) > 0 FROM daily_availability")).toEqual(["true"]);
  });

  it("are left for the next run if the signal comes before or during them", async () => {
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
