import { describe, expect } from "vitest";
import { FLAT, it, symbolsOf } from "./support.js";

describe("a life is one contract's", () => {
  it("files to 2024-03-10 and again from 2025-12-20: age 21 on 2026-01-10, not 1,785 days", async ({ world }) => {
    world.files("LITUSDT", "2021-02-20", "2024-03-10");
    world.files("LITUSDT", "2025-12-20", "2026-01-31");
    world.files("BTCUSDT", "2021-01-01", "2026-01-31");
    world.at("2026-01-31");
    await world.update();
    const old = await world.ask((file) => file.universe({ date: "2026-01-10", minAge: 90 }));
    expect(symbolsOf(old)).toEqual(["BTCUSDT"]);
    const all = await world.ask((file) => file.universe({ date: "2026-01-10", minAge: 0 }));
    expect(all.rows.find(({ symbol }) => symbol === "LITUSDT")).toMatchObject({
      first_date: "2025-12-20",
      age_days: 21,
    });
  });

  it("flat for months and live again beside a settled folder: two lives, and a relisting", async ({ world }) => {
    world.files("LITUSDT", "2024-02-01", "2025-01-15");
    world.files("LITUSDT", "2025-01-16", "2025-11-30", FLAT);
    world.files("LITUSDT", "2025-12-01", "2026-01-31");
    world.files("LITUSDTSETTLED", "2024-02-01", "2025-01-15");
    world.at("2026-01-31");
    await world.update();
    const { lives } = await world.ask((file) => file.timeline({ symbol: "LITUSDT" }));
    expect(lives.map(({ from }) => from)).toEqual(["2024-02-01", "2025-12-01"]);
    const { rows } = await world.ask((file) => file.listings({ from: "2025-12-01", to: "2025-12-01" }));
    expect(symbolsOf({ rows })).toEqual(["LITUSDT"]);
  });

  it("a settled name is folded into its ticker, and counts give both figures", async ({ world }) => {
    world.files("BNXUSDT", "2024-01-01", "2024-06-30");
    world.files("BNXUSDTSETTLED", "2024-01-01", "2024-06-30");
    world.at("2024-08-01");
    await world.update();
    expect(await world.ask((file) => file.snapshot({ date: "2024-05-15" }))).toMatchObject({
      rows: [{ symbol: "BNXUSDT", also: ["BNXUSDTSETTLED"] }],
    });
  });

  it("an age that is only a lower bound is marked, and refused where a filter depends on it", async ({ world }) => {
    world.files("AUSDT", "2024-01-01", "2025-03-31");
    world.at("2025-03-20");
    await world.backfill({ from: "2025-02-01", to: "2025-02-03" });
    expect(await world.ask((file) => file.universe({ date: "2025-02-03", minAge: 0 }))).toMatchObject({
      rows: [{ symbol: "AUSDT", age_days: 2, age_is_minimum: true }],
    });
    await expect(world.ask((file) => file.universe({ date: "2025-02-03", minAge: 30 }))).rejects.toMatchObject({
      code: "NOT_KNOWN",
    });
  });

  it("a delisting is reported only when the day after the last file is known to have none", async ({ world }) => {
    world.files("AUSDT", "2025-01-01", "2025-03-10");
    world.files("BUSDT", "2025-01-01", "2025-05-31");
    world.at("2025-05-31");
    await world.backfill({ from: "2025-01-01", to: "2025-03-10" });
    await world.backfill({ from: "2025-03-15", to: "2025-03-20" });
    const between = await world.ask((file) => file.delistings());
    expect(between.rows).toEqual([]);
    await world.backfill({ from: "2025-03-11", to: "2025-03-14" });
    const after = await world.ask((file) => file.delistings());
    expect(after.rows).toMatchObject([{ symbol: "AUSDT", date: "2025-03-10" }]);
  });

  it("a later file proves no end while the days before it were never probed", async ({ world }) => {
    world.files("AUSDT BUSDT", "2024-01-01", "2024-09-30");
    world.at("2024-09-01");
    await world.backfill({ from: "2024-01-01", to: "2024-01-31" });
    await world.backfill({ from: "2024-06-01", to: "2024-06-30" });
    expect(await world.ask((file) => file.delistings({ from: "2024-01-01", to: "2024-01-31" }))).toMatchObject({
      rows: [],
    });
    await world.backfill({ from: "2024-01-01", to: "2024-06-30" });
    expect(await world.ask((file) => file.delistings({}))).toMatchObject({ rows: [] });
  });

  it("a relisting names the last day of the previous life only if that is known", async ({ world }) => {
    world.files("AUSDT", "2024-01-01", "2024-03-31");
    world.files("AUSDT", "2024-08-01", "2024-09-30");
    world.files("BUSDT", "2024-01-01", "2024-09-30");
    world.at("2024-09-20");
    await world.backfill({ from: "2023-11-01", to: "2024-02-29" });
    await world.backfill({ from: "2024-06-20", to: "2024-08-31" });
    const relisted = async () =>
      (await world.ask((file) => file.listings({}))).rows
        .filter(({ event }) => event === "relisting")
        .map(({ date, previous_last_date }) => [date, previous_last_date]);
    expect(await relisted()).toEqual([["2024-08-01", null]]);
    await world.backfill({ from: "2023-11-01", to: "2024-08-31" });
    expect(await relisted()).toEqual([["2024-08-01", "2024-03-31"]]);
  });
});
