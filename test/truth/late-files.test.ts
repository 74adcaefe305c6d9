import { describe, expect } from "vitest";
import { it, symbolsOf } from "./support.js";

describe("absence takes long to be true", () => {
  it("a hole that is filled 15 days later is seen, and was never final", async ({ world }) => {
    world.files("AUSDT BUSDT", "2021-01-01", "2021-03-31");
    world.withhold("AUSDT", "2021-02-10");
    world.put("AUSDT", "2021-02-10", "2021-02-25", 50_000);
    for (const date of ["2021-02-12", "2021-02-18", "2021-02-24"]) {
      world.at(date);
      await world.update();
      const answer = await world.ask((file) => file.snapshot({ date: "2021-02-10" }));
      expect(answer).toMatchObject({ condition: "provisional" });
      expect(symbolsOf(answer)).toEqual(["BUSDT"]);
    }
    world.at("2021-02-26");
    expect(await world.update()).toMatchObject({ changes: { late: 1, replaced: 0, removed: 0 } });
    expect(symbolsOf(await world.ask((file) => file.snapshot({ date: "2021-02-10" })))).toEqual(["AUSDT", "BUSDT"]);
    expect(await world.ask((file) => file.changes())).toMatchObject({
      rows: [{ date: "2021-02-10", symbol: "AUSDT", kind: "late" }],
    });
  });

  it("a hole is due until it was probed at D+90, and a sweep finds what fills it after that", async ({ world }) => {
    world.files("AUSDT BUSDT", "2021-01-01", "2021-12-31");
    world.withhold("AUSDT", "2021-02-10");
    world.put("AUSDT", "2021-02-10", "2021-08-20", 50_000);
    world.at("2021-03-20");
    await world.update();
    expect(await world.ask((file) => file.snapshot({ date: "2021-02-10" }))).toMatchObject({
      condition: "provisional",
    });
    world.at("2021-05-20");
    await world.update();
    expect(await world.ask((file) => file.snapshot({ date: "2021-02-10" }))).toMatchObject({ condition: "final" });
    world.at("2021-08-25");
    expect(await world.update()).toMatchObject({ changes: { late: 0 } });
    expect(await world.sweep()).toMatchObject({ changes: { late: 1, replaced: 0, removed: 0 } });
    expect(symbolsOf(await world.ask((file) => file.snapshot({ date: "2021-02-10" })))).toEqual(["AUSDT", "BUSDT"]);
  });

  it("two whole days that are uploaded on day 9 are unpublished until then", async ({ world }) => {
    const symbols = "AUSDT BUSDT CUSDT DUSDT EUSDT FUSDT";
    world.files(symbols, "2021-01-01", "2021-03-31");
    for (const symbol of symbols.split(" ")) {
      for (const date of ["2021-03-01", "2021-03-02"]) {
        world.withhold(symbol, date);
        world.put(symbol, date, "2021-03-10T08:00", 50_000);
      }
    }
    world.at("2021-03-08");
    await world.update();
    await expect(world.ask((file) => file.snapshot({ date: "2021-03-01" }))).rejects.toMatchObject({
      code: "NOT_KNOWN",
      condition: "unpublished",
    });
    world.at("2021-03-11");
    expect(await world.update()).toMatchObject({ changes: { late: 12, replaced: 0, removed: 0 } });
    expect(symbolsOf(await world.ask((file) => file.snapshot({ date: "2021-03-01" })))).toEqual(symbols.split(" "));
  });

  it("days on which the bucket was silent end no contract: none is reported as delisted, and then as listed", async ({
    world,
  }) => {
    const six = "AUSDT BUSDT CUSDT DUSDT EUSDT FUSDT";
    world.files(six, "2021-01-01", "2021-03-01");
    world.files(six, "2021-03-27", "2021-06-01");
    world.at("2021-03-02");
    await world.update();
    world.at("2021-03-27");
    expect(await world.update()).toMatchObject({ delistings: [] });
    const delistings = () => world.ask((file) => file.delistings());
    expect(await delistings()).toMatchObject({ rows: [] });
    world.at("2021-03-28");
    expect(await world.update()).toMatchObject({ delistings: [], listings: [] });
    expect(await delistings()).toMatchObject({ rows: [] });
  });

  it("a silent day without any row is refused, not answered as one without symbols", async ({ world }) => {
    const six = "AUSDT BUSDT CUSDT DUSDT EUSDT FUSDT";
    world.files(six, "2020-12-01", "2021-01-10");
    world.files(six, "2021-03-20", "2021-06-10");
    for (const date of ["2021-01-11", "2021-02-01", "2021-03-01", "2021-03-20", "2021-03-22"]) {
      world.at(date);
      await world.update();
    }
    const rows = await world.ask((file) =>
      file.sql({ statement: "SELECT * FROM daily_availability WHERE date = '2021-03-21'" }),
    );
    expect(rows).toMatchObject({ rows: [] });
    await expect(world.ask((file) => file.snapshot({ date: "2021-03-21" }))).rejects.toMatchObject({
      code: "NOT_KNOWN",
    });
  });

  it("files that are replaced after 10 days and removed after 12 are journaled", async ({ world }) => {
    world.files("AUSDT BUSDT", "2021-01-01", "2021-03-31");
    world.put("AUSDT", "2021-03-01", "2021-03-12T00:00", 51_000);
    world.put("BUSDT", "2021-03-01", "2021-03-14T00:00", undefined);
    world.at("2021-03-10");
    await world.update();
    world.at("2021-03-16");
    expect(await world.update()).toMatchObject({ changes: { late: 0, replaced: 1, removed: 1 } });
    expect(await world.ask((file) => file.changes())).toMatchObject({
      rows: [
        { symbol: "AUSDT", kind: "replaced", old_size_bytes: 50_000, new_size_bytes: 51_000 },
        { symbol: "BUSDT", kind: "removed", old_size_bytes: 50_000, new_size_bytes: null },
      ],
    });
  });

  it("a dormant symbol is listed once a week, and its return is found", async ({ world }) => {
    world.files("AUSDT", "2020-06-01", "2021-06-30");
    world.files("OLDUSDT", "2020-06-01", "2020-12-31");
    world.files("OLDUSDT", "2021-04-10", "2021-06-30");
    const requestCount = () =>
      world.probes.filter((probe) => probe.type !== "folders" && probe.symbol === "OLDUSDT").length;
    world.at("2021-04-01");
    await world.update();
    const requests: [day: number, count: number][] = [];
    for (const day of [2, 7, 8, 14, 15]) {
      world.at(`2021-04-${String(day).padStart(2, "0")}`);
      await world.update();
      requests.push([day, requestCount()]);
      const answer = await world.ask((file) => file.snapshot({ date: `2021-04-${String(day - 1).padStart(2, "0")}` }));
      expect(answer.condition).toBe("provisional");
    }
    expect(requests.filter(([, count]) => count > 0)).toEqual([
      [8, 1],
      [15, 1],
    ]);
    expect(symbolsOf(await world.ask((file) => file.snapshot({ date: "2021-04-12" })))).toEqual(["AUSDT", "OLDUSDT"]);
  });
});
