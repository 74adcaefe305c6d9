import { describe, expect } from "vitest";
import { runCli } from "../support/cli.js";
import { rowsOf } from "../support/database.js";
import { clockEnv, it } from "./support.js";

describe("names", () => {
  it.for([
    ["btcusdt", "BTCUSDT"],
    ["ETHUSDTT", "ETHUSDT"],
  ])("update --symbols %s is refused with the nearest name, unless forced", async ([given, nearest], { world }) => {
    world.files("BTCUSDT ETHUSDT", "2025-01-01", "2025-03-31");
    world.at("2025-03-20");
    const options = { symbols: [given ?? ""], date: "2025-03-10" };
    await expect(world.update(options)).rejects.toMatchObject({
      code: "USAGE",
      option: "symbols",
      message: expect.stringContaining(`did you mean ${nearest}?`) as string,
    });
    expect(await rowsOf(world.db, "SELECT count(*)::INT FROM availability")).toEqual([[0]]);
    expect(await world.update({ ...options, unlisted: true })).toMatchObject({ outcome: "whole", missing: 1 });
  });

  it("query universe --quote usdt is refused, not empty", async ({ world }) => {
    world.files("BTCUSDT", "2025-01-01", "2025-03-31");
    world.at("2025-03-20");
    await world.update();
    const args = ["query", "universe", "2025-02-01", "--min-age", "1", "--quote", "usdt"];
    const { code, stderr } = await runCli(args, { BFA_DB: world.db });
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("known ones: USDT") as string });
  });

  it("a list page whose upload times have no fractional seconds, as SeaweedFS writes them, is read", async ({
    world,
  }) => {
    world.files("BTCUSDT ETHUSDT", "2025-03-01", "2025-03-31");
    world.listedTime = (modified) => new Date(modified).toISOString().replace(".000Z", "Z");
    world.at("2025-03-20");
    const { endpoint, listEndpoint } = world.endpoints;
    const env = { ...clockEnv(world), BFA_ENDPOINT: endpoint, BFA_LIST_ENDPOINT: listEndpoint };
    const args = ["backfill", "--from", "2025-03-01", "--to", "2025-03-18", "--source", "list", "--json"];
    const { code, stdout, stderr } = await runCli(args, env);
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ outcome: "whole", available: 36, failed: 0 });
    const times = "SELECT DISTINCT (last_modified - date)::VARCHAR FROM daily_availability";
    expect(await rowsOf(world.db, times)).toEqual([["1 day 08:00:00"]]);
  });

  it("a file that one bucket filled refuses another, unless told otherwise", async ({ world }) => {
    world.files("BTCUSDT", "2025-01-01", "2025-03-31");
    world.at("2025-03-20");
    await world.update();
    const elsewhere = { endpoint: "https://data.example.invalid", listEndpoint: "https://list.example.invalid/bucket" };
    await expect(world.update(elsewhere)).rejects.toMatchObject({ code: "USAGE", option: "adoptEndpoint" });
    const listedElsewhere = { listEndpoint: elsewhere.listEndpoint };
    await expect(world.update(listedElsewhere)).rejects.toMatchObject({ code: "USAGE", option: "adoptEndpoint" });
    const one = { symbols: ["BTCUSDT"], date: "2025-03-01", unlisted: true };
    const adopted = await world.update({ ...elsewhere, ...one, adoptEndpoint: true });
    expect(adopted).toMatchObject({ outcome: "failed", failures: [{ kind: "dns" }] });
    await expect(world.update(one)).rejects.toMatchObject({ option: "adoptEndpoint" });
    // What the first bucket listed says nothing about the second.
    await expect(world.update({ ...elsewhere, ...one, unlisted: false })).rejects.toMatchObject({
      code: "DISCOVERY_FAILED",
    });
  });
});
