import { describe, expect } from "vitest";
import { runCli } from "../support/cli.js";
import { rowsOf } from "../support/database.js";
import { it } from "./support.js";

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
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("there are USDT") as string });
  });

  it("a file that one bucket filled refuses another, unless told", async ({ world }) => {
    world.files("BTCUSDT", "2025-01-01", "2025-03-31");
    world.at("2025-03-20");
    await world.update();
    const elsewhere = { endpoint: "https://data.example.invalid", listEndpoint: "https://list.example.invalid/bucket" };
    await expect(world.update(elsewhere)).rejects.toMatchObject({ code: "USAGE", option: "adoptEndpoint" });
    const one = { symbols: ["BTCUSDT"], date: "2025-03-01" };
    const adopted = await world.update({ ...elsewhere, ...one, adoptEndpoint: true });
    expect(adopted).toMatchObject({ outcome: "failed", failures: [{ kind: "dns" }] });
    await expect(world.update(one)).rejects.toMatchObject({ option: "adoptEndpoint" });
  });
});
