import { describe, expect } from "vitest";
import { runCli } from "../support/cli.js";
import { clockEnv, FLAT, it, symbolsOf } from "./support.js";

/** Flat stretches and gaps follow those in the bucket; the dates of AERGOUSDT and of settled folders are made up. */
describe("contracts that were listed again under their ticker", () => {
  it("LITUSDT: live, flat for ten months, live again beside LITUSDTSETTLED", async ({ world }) => {
    world.files("LITUSDT", "2024-11-01", "2025-01-31");
    world.files("LITUSDT", "2025-02-01", "2025-12-19", FLAT);
    world.files("LITUSDT", "2025-12-20", "2026-02-28");
    world.files("LITUSDTSETTLED", "2025-02-01", "2025-12-19", FLAT);
    world.at("2026-02-20");
    await world.update();
    const { rows } = await world.ask((file) => file.universe({ date: "2026-01-10", minAge: 0 }));
    expect(rows).toMatchObject([{ symbol: "LITUSDT", first_date: "2025-12-20", age_days: 21, age_is_minimum: false }]);
    expect(symbolsOf(await world.ask((file) => file.universe({ date: "2026-01-10", minAge: 90 })))).toEqual([]);
    const { rows: listings } = await world.ask((file) => file.listings({ from: "2025-12-01", to: "2026-01-31" }));
    expect(listings).toMatchObject([{ date: "2025-12-20", symbol: "LITUSDT", event: "relisting" }]);
  });

  it("BNXUSDT: eleven empty days after the last file of BNXUSDTSETTLED", async ({ world }) => {
    world.files("BTCUSDT", "2022-04-01", "2023-06-30");
    world.files("BNXUSDT", "2022-04-01", "2023-02-11");
    world.files("BNXUSDT", "2023-02-23", "2023-04-30");
    world.files("BNXUSDTSETTLED", "2022-04-01", "2022-08-31");
    world.files("BNXUSDTSETTLED", "2023-02-01", "2023-02-11");
    world.at("2023-06-20");
    await world.update();
    const snapshot = await world.ask((file) => file.snapshot({ date: "2022-05-15" }));
    expect(snapshot.rows).toMatchObject([{ symbol: "BNXUSDT", also: ["BNXUSDTSETTLED"] }, { symbol: "BTCUSDT" }]);
    const counts = await world.ask((file) => file.counts({ from: "2022-05-15", to: "2022-05-15" }));
    expect(counts.rows).toEqual([{ date: "2022-05-15", available_count: 3, contract_count: 2, probed_count: 3 }]);
    const young = await world.ask((file) => file.universe({ date: "2023-03-02", minAge: 0 }));
    expect(young.rows[0]).toMatchObject({ symbol: "BNXUSDT", first_date: "2023-02-23", age_days: 7 });
    const { rows } = await world.ask((file) => file.listings({ from: "2023-02-20", to: "2023-02-28" }));
    expect(rows).toEqual([
      {
        ...{ date: "2023-02-23", symbol: "BNXUSDT", ticker: "BNXUSDT", event: "relisting" },
        ...{ previous_symbol: "BNXUSDTSETTLED", previous_last_date: "2023-02-11" },
        ...{ date_source: "bucket", onboard_date: null },
      },
    ]);
  });

  it("BNXUSDT: its return is news of the run that finds it, once", async ({ world }) => {
    world.files("BTCUSDT", "2022-12-01", "2023-03-31");
    world.files("BNXUSDT", "2022-12-01", "2023-02-11");
    world.files("BNXUSDT", "2023-02-23", "2023-03-31");
    world.files("BNXUSDTSETTLED", "2023-02-01", "2023-02-11");
    world.at("2023-02-20");
    await world.update();
    world.at("2023-02-24");
    expect(await world.update()).toMatchObject({ listings: [{ symbol: "BNXUSDT", date: "2023-02-23" }] });
    world.at("2023-02-25");
    expect(await world.update()).toMatchObject({ rows_written: expect.any(Number) as number, listings: [] });
  });

  it("LITUSDTSETTLED: copies of files of LITUSDT are no contract, neither in the news of runs nor in queries", async ({
    world,
  }) => {
    world.files("BTCUSDT LITUSDT", "2025-01-01", "2025-03-31");
    world.at("2025-03-02");
    await world.update();
    world.files("LITUSDTSETTLED", "2025-02-01", "2025-03-03");
    world.at("2025-03-05");
    expect(await world.update()).toMatchObject({ outcome: "whole", listings: [], delistings: [] });
    world.at("2025-03-28");
    expect(await world.update()).toMatchObject({ outcome: "whole", listings: [], delistings: [] });
    await world.ask(async (file) => {
      expect(symbolsOf(await file.listings())).toEqual(["BTCUSDT", "LITUSDT"]);
      expect(symbolsOf(await file.delistings())).toEqual([]);
    });
  });

  it("ICPUSDT: flat, gone for 26 days and live again beside ICPUSDT_SETTLED", async ({ world }) => {
    world.files("BTCUSDT", "2022-03-01", "2022-12-31");
    world.files("ICPUSDT", "2022-03-01", "2022-06-10");
    world.files("ICPUSDT", "2022-06-11", "2022-08-31", FLAT);
    world.files("ICPUSDT", "2022-09-27", "2022-11-30");
    world.files("ICPUSDT_SETTLED", "2022-06-11", "2022-08-31", FLAT);
    world.at("2022-12-25");
    await world.update();
    const { rows } = await world.ask((file) => file.listings({ from: "2022-09-01", to: "2022-10-31" }));
    expect(rows).toMatchObject([
      { date: "2022-09-27", symbol: "ICPUSDT", event: "relisting", previous_symbol: "ICPUSDT_SETTLED" },
    ]);
  });

  it("AERGOUSDT: twice, beside AERGOUSDTSETTLED and AERGOUSDTSETTLEDSETTLED", async ({ world }) => {
    world.files("BTCUSDT", "2024-09-10", "2025-12-31");
    world.files("AERGOUSDT", "2024-09-10", "2025-03-27");
    world.files("AERGOUSDT", "2025-04-16", "2025-09-10");
    world.files("AERGOUSDT", "2025-09-20", "2025-11-30");
    world.files("AERGOUSDTSETTLED", "2024-09-10", "2025-03-27");
    world.files("AERGOUSDTSETTLEDSETTLED", "2025-08-01", "2025-09-10");
    world.at("2025-12-25");
    await world.update();
    const { rows } = await world.ask((file) => file.listings({ from: "2025-01-01", to: "2025-11-30" }));
    expect(rows.map(({ date, symbol, event }) => [date, symbol, event])).toEqual([
      ["2025-04-16", "AERGOUSDT", "relisting"],
      ["2025-09-20", "AERGOUSDT", "relisting"],
    ]);
    const { rows: ages } = await world.ask((file) => file.universe({ date: "2025-10-01", minAge: 0 }));
    expect(ages[0]).toMatchObject({ symbol: "AERGOUSDT", age_days: 11 });
    const table = await runCli(["query", "snapshot", "2025-02-01", "--format", "csv"], clockEnv(world));
    expect(table.stdout.split("\n")[1]).toMatch(/^AERGOUSDT,50000,.*,AERGOUSDTSETTLED$/);
  });
});
