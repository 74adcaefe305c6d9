import { describe, expect } from "vitest";
import { dates, it, symbolsOf } from "./support.js";

describe("a run over some symbols or days says nothing about the others", () => {
  it("update --symbols after two weeks without cron, then update: every cell is probed", async ({ world }) => {
    world.files("BTCUSDT ETHUSDT SOLUSDT", "2021-01-01", "2021-03-25");
    world.at("2021-03-06");
    await world.update();
    world.at("2021-03-20");
    await world.update({ symbols: ["BTCUSDT"] });
    await expect(world.ask((file) => file.snapshot({ date: "2021-03-10" }))).rejects.toMatchObject({
      code: "NOT_KNOWN",
      condition: "partial",
      unknown_symbols: ["ETHUSDT", "SOLUSDT"],
    });
    world.at("2021-03-21");
    expect(await world.update()).toMatchObject({ outcome: "whole" });
    expect(symbolsOf(await world.ask((file) => file.snapshot({ date: "2021-03-10" })))).toEqual([
      "BTCUSDT",
      "ETHUSDT",
      "SOLUSDT",
    ]);
  });

  it("a daily --quote USDC and, days later, an update: no day is lost for the others", async ({ world }) => {
    world.files("BTCUSDC BTCUSDT", "2021-03-01", "2021-03-31");
    for (const day of ["03", "04", "05"]) {
      world.at(`2021-03-${day}`);
      await world.update({ quote: "USDC" });
    }
    world.at("2021-03-06");
    await world.update();
    const { rows } = await world.ask((file) => file.counts({ from: "2021-03-01", to: "2021-03-05" }));
    expect(rows.map(({ available_count }) => available_count)).toEqual(Array.from({ length: 5 }, () => 2));
  });

  it("update --date of a later day, then update: the days between are not skipped", async ({ world }) => {
    world.files("BTCUSDT", "2021-03-01", "2021-03-20");
    world.at("2021-03-06");
    await world.update();
    world.at("2021-03-16");
    await world.update({ date: "2021-03-15" });
    await world.update();
    const { rows, not_written } = await world.ask((file) => file.timeline({ symbol: "BTCUSDT" }));
    expect(not_written).toEqual([]);
    expect(rows.filter(({ available }) => available)).toHaveLength(15);
  });

  it("a new symbol with a year of files: its past is filled by the same update", async ({ world }) => {
    world.files("BTCUSDT", "2020-01-01", "2021-03-31");
    world.at("2021-03-10");
    await world.update();
    for (const date of dates("2020-03-01", "2021-03-11")) world.put("NEWUSDT", date, "2021-03-12T08:00", 50_000);
    world.at("2021-03-12");
    expect(await world.update()).toMatchObject({ outcome: "whole" });
    const { rows } = await world.ask((file) => file.universe({ date: "2021-03-10", minAge: 30 }));
    expect(rows).toMatchObject([
      { symbol: "BTCUSDT", age_days: 434, age_is_minimum: false },
      { symbol: "NEWUSDT", age_days: 374, age_is_minimum: false },
    ]);
  });

  it("a name that discover adds makes older days provisional, not partial, until its past is filled", async ({
    world,
  }) => {
    world.files("BTCUSDT ETHUSDT", "2021-01-01", "2021-03-31");
    world.at("2021-03-20");
    await world.update();
    world.files("NEWUSDT", "2021-03-19", "2021-03-31");
    world.at("2021-03-21");
    await world.discover();
    const answer = await world.ask((file) => file.snapshot({ date: "2021-02-01" }));
    expect(answer).toMatchObject({ condition: "provisional" });
    expect(symbolsOf(answer)).toEqual(["BTCUSDT", "ETHUSDT"]);
  });

  it("a store that only ever ran --quote USDC answers for USDC, and refuses to answer for all", async ({ world }) => {
    world.files("BTCUSDC BTCUSDT", "2021-01-01", "2021-03-31");
    world.at("2021-03-20");
    await world.update({ quote: "USDC" });
    const usdc = await world.ask((file) => file.snapshot({ date: "2021-02-01", quote: "USDC" }));
    expect(usdc).toMatchObject({ condition: "final", rows: [{ symbol: "BTCUSDC" }] });
    await expect(world.ask((file) => file.snapshot({ date: "2021-02-01" }))).rejects.toMatchObject({
      condition: "partial",
      unknown_symbols: ["BTCUSDT"],
    });
    expect(await world.ask((file) => file.snapshot({ date: "2021-02-01", allowPartial: 1 }))).toMatchObject({
      condition: "partial",
      rows: [{ symbol: "BTCUSDC" }],
    });
  });
});
