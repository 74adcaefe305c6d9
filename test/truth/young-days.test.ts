import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { publish } from "../../src/publish/publish.js";
import { exportRows } from "../../src/query/export.js";
import { runCli } from "../support/cli.js";
import { rowsOf } from "../support/database.js";
import { clockEnv, dates, it, symbolsOf } from "./support.js";

const TWENTY = Array.from({ length: 20 }, (_, at) => `S${String(at).padStart(2, "0")}USDT`);

describe("a young day", () => {
  it("at 08:50 UTC, half published, is refused as unpublished, later answered as provisional, and says so", async ({
    world,
  }) => {
    world.files(TWENTY.join(" "), "2025-01-01", "2025-03-31");
    // Half of them appear at noon.
    for (const symbol of TWENTY.slice(10)) {
      world.withhold(symbol, "2025-03-19");
      world.put(symbol, "2025-03-19", "2025-03-20", 50_000);
    }
    world.at("2025-03-20T08:50");
    expect((await world.update()).conditions.at(-1)).toEqual({
      condition: "unpublished",
      from: "2025-03-19",
      to: "2025-03-19",
    });
    for (const question of [
      () => world.ask((file) => file.snapshot({ date: "2025-03-19" })),
      () => world.ask((file) => file.universe({ date: "2025-03-19", minAge: 30 })),
    ]) {
      await expect(question()).rejects.toMatchObject({ code: "NOT_KNOWN", condition: "unpublished" });
    }
    world.at("2025-03-20T14:00");
    await world.update();
    const answer = await world.ask((file) => file.snapshot({ date: "2025-03-19" }));
    expect(answer).toMatchObject({ condition: "provisional" });
    expect(symbolsOf(answer)).toEqual(TWENTY);
  });

  it("with only one probed symbol is partial, refused unless allowed, with exit code 4", async ({ world }) => {
    world.files("AUSDT BUSDT CUSDT", "2025-01-01", "2025-03-31");
    world.at("2025-03-19");
    await world.update();
    world.at("2025-03-20");
    await world.update({ date: "2025-03-19", symbols: ["AUSDT"] });
    const env = clockEnv(world);
    const refused = await runCli(["query", "snapshot", "2025-03-19"], env);
    expect(refused).toMatchObject({ code: 4, stdout: "" });
    expect(refused.stderr).toMatch(
      /^bfa: .*BUSDT, CUSDT were never probed; `bfa update` .*, and --allow-partial answers anyway\n$/,
    );
    const rejection = world.ask((file) => file.snapshot({ date: "2025-03-19" }));
    await expect(rejection).rejects.toThrow(/never probed; `bfa update` .*, and allowPartial answers anyway$/);
    const allowed = await runCli(["query", "snapshot", "2025-03-19", "--allow-partial", "--json"], env);
    expect(allowed.code, allowed.stderr).toBe(0);
    expect(JSON.parse(allowed.stdout)).toMatchObject({
      condition: "partial",
      unknown_symbols: ["BUSDT", "CUSDT"],
      rows: [{ symbol: "AUSDT" }],
    });
  });

  it("is shown day by day by query condition", async ({ world }) => {
    world.files("AUSDT BUSDT", "2025-01-01", "2025-03-31");
    world.at("2025-03-20");
    await world.update();
    const { rows } = await world.ask((file) => file.condition({ from: "2025-02-27", to: "2025-03-02" }));
    expect(rows.map(({ date, condition, available_count }) => [date, condition, available_count])).toEqual(
      dates("2025-02-27", "2025-03-02").map((date) => [date, date < "2025-03-01" ? "final" : "provisional", 2]),
    );
  });
});

describe("clocks", () => {
  it("one run with the clock in 2027: its absences are not believed, and the next run corrects them", async ({
    world,
  }) => {
    world.files("AUSDT BUSDT", "2025-01-01", "2025-03-31");
    world.at("2025-03-10");
    await world.update();
    world.at("2027-01-01");
    // The machine believes that it is 2027; the bucket still has what it had in March.
    for (const symbol of ["AUSDT", "BUSDT"]) {
      for (const date of dates("2025-03-10", "2025-03-31")) world.put(symbol, date, "2025-01-01T00:00", undefined);
    }
    await world.update({ date: "2025-03-12" });
    world.at("2025-03-20");
    world.files("AUSDT BUSDT", "2025-03-10", "2025-03-31");
    expect(await world.update()).toMatchObject({ outcome: "whole" });
    expect(symbolsOf(await world.ask((file) => file.snapshot({ date: "2025-03-12" })))).toEqual(["AUSDT", "BUSDT"]);
    const future = "SELECT count(*)::INT FROM daily_availability WHERE probe_timestamp > TIMESTAMP '2025-03-21'";
    expect(await rowsOf(world.db, future)).toEqual([[0]]);
  });

  it("one run with the clock five days ahead: the days that haven't ended are in no answer", async ({
    world,
    folder,
  }) => {
    world.files("AUSDT BUSDT", "2025-01-01", "2025-03-09");
    for (const date of ["2025-03-10", "2025-03-15", "2025-03-11"]) {
      world.at(date);
      await world.update();
    }
    const stored = "SELECT max(date)::VARCHAR, count(*)::INT FROM daily_availability WHERE date >= '2025-03-11'";
    expect(await rowsOf(world.db, stored)).toEqual([["2025-03-14", 8]]);
    await world.ask(async (file) => {
      expect((await file.counts()).rows.at(-1)).toMatchObject({ date: "2025-03-09" });
      expect((await file.condition()).rows.at(-1)).toMatchObject({ date: "2025-03-10" });
      expect((await file.timeline({ symbol: "AUSDT" })).rows.at(-1)).toMatchObject({ date: "2025-03-10" });
      expect(await file.status()).toMatchObject({ last_date: "2025-03-10" });
    });
    const out = join(folder, "public");
    expect(await publish(world.db, out)).toMatchObject({
      last_date: "2025-03-10",
      conditions: [
        { condition: "final" },
        { condition: "provisional" },
        { condition: "unpublished", to: "2025-03-10" },
      ],
    });
    // 2025-03-09 has the last file, and 2025-03-10 is the last day.
    expect(readFileSync(join(out, "data", "symbols", "AUSDT.js"), "utf8")).toMatch(/50000,0\],/);
    const exported = join(folder, "a.csv");
    await exportRows(world.db, { format: "csv", out: exported });
    expect(readFileSync(exported, "utf8")).toMatch(/\n2025-03-10,BUSDT,[^\n]*\n$/);
  });

  it("a clock behind the first day of the file: nothing is known then, so nothing is answered", async ({
    world,
    folder,
  }) => {
    world.files("AUSDT", "2025-01-01", "2025-03-31");
    world.at("2025-03-20");
    await world.backfill({ from: "2025-03-10", to: "2025-03-19" });
    world.at("2025-03-05");
    await world.ask(async (file) => {
      for (const answer of [
        () => file.counts(),
        () => file.listings(),
        () => file.holes(),
        () => file.timeline({ symbol: "AUSDT" }),
      ]) {
        await expect(answer()).rejects.toMatchObject({ code: "NOT_KNOWN", condition: "unwritten" });
      }
      expect(await file.status()).toMatchObject({ first_date: null, last_date: null, last_final_date: null });
    });
    await expect(publish(world.db, join(folder, "public"))).rejects.toThrow("has no rows of past days");
  });

  it("a symbol with rows of days that haven't ended only: they are unwritten, but its name is known", async ({
    world,
  }) => {
    world.files("AUSDT BUSDT", "2025-01-01", "2025-03-31");
    world.at("2025-03-10");
    await world.backfill({ from: "2025-03-01", to: "2025-03-09", symbols: ["AUSDT"] });
    world.at("2025-03-20");
    await world.backfill({ from: "2025-03-15", to: "2025-03-19" });
    world.at("2025-03-10");
    const answer = world.ask((file) => file.timeline({ symbol: "BUSDT" }));
    await expect(answer).rejects.toMatchObject({
      message: "not in the database: 2025-03-01 to 2025-03-09; `bfa update` fills it",
      condition: "unwritten",
    });
  });

  it.for(["America/Los_Angeles", "Pacific/Kiritimati"])("query sql is in UTC with TZ=%s", async (TZ, { world }) => {
    world.files("AUSDT", "2025-03-01", "2025-03-31");
    world.at("2025-03-20");
    await world.update({ lookback: 3 });
    const text = `SELECT current_date = (now() AT TIME ZONE 'UTC')::DATE AS today, current_setting('TimeZone') AS zone,
      TIMESTAMPTZ '2025-03-20 01:00:00+00' AS time, (TIMESTAMPTZ '2025-03-20 01:00:00+00')::DATE AS day`;
    const { code, stdout, stderr } = await runCli(["query", "sql", text, "--json"], { TZ, BFA_DB: world.db });
    expect(code, stderr).toBe(0);
    expect((JSON.parse(stdout) as { rows: object[] }).rows).toEqual([
      { today: true, zone: "UTC", time: "2025-03-20T01:00:00Z", day: "2025-03-20" },
    ]);
    const days = await runCli(["query", "condition", "2025-03-19", "--json"], { TZ, BFA_DB: world.db });
    expect(JSON.parse(days.stdout)).toMatchObject({ rows: [{ date: "2025-03-19" }] });
  });

  it("a listing with the clock in May: no run or query calls April final for it", async ({ world }) => {
    world.files("AUSDT BUSDT", "2025-01-01", "2025-06-01");
    world.at("2025-03-20");
    await world.update();
    world.at("2025-05-20");
    await world.discover();
    world.at("2025-04-15");
    const { conditions } = await world.update({ symbols: ["AUSDT", "BUSDT"], unlisted: true });
    expect(conditions.map(({ condition }) => condition)).not.toContain("final");
    // It proves no absence later on, either.
    world.files("CUSDT", "2025-01-01", "2025-06-01");
    await world.discover();
    world.at("2025-05-21");
    const known = await world.ask((file) => file.condition({ from: "2025-05-01", to: "2025-05-01" }));
    expect(known.rows[0]).toMatchObject({ condition: "unwritten", unknown_count: 3, pending_count: 0 });
  });
});
