import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { dayOf } from "../../src/calendar/day.js";
import { runCli, startCli } from "../support/cli.js";
import { rowsOf, temporaryFolder } from "../support/database.js";
import { startRawServer } from "../support/raw-server.js";
import { withReplica } from "../support/replica.js";

/** A name of every shape in the bucket. */
const SHAPES = [
  "0GUSDT",
  "1000SHIBUSDC",
  "AERGOUSDTSETTLED",
  "AERGOUSDTSETTLEDSETTLED",
  "BTCBUSD",
  "BTCU",
  "BTCUSD1",
  "BTCUSDT",
  "BTCUSDT_231229",
  "ETHBTC",
  "ICPUSDT_SETTLED",
  "币安人生USDT",
];

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => {
  folder.remove();
});

async function discover(symbols: readonly string[], ...args: string[]) {
  const file = { day: dayOf("2024-01-01"), size: 2000, lastModified: 1_704_200_000_000 };
  const foreign = [
    { key: "data/futures/um/daily/klines/not a symbol/x.zip", size: 1, lastModified: 1_704_200_000_000 },
  ];
  const files = symbols.map((symbol) => ({ symbol, ...file }));
  return await withReplica({ history: { type: "listed", files, foreign } }, async (replica) => {
    const ca = join(folder.path, "ca.pem");
    writeFileSync(ca, replica.ca);
    const endpoints = ["--endpoint", replica.url, "--list-endpoint", replica.listUrl, "--ca", ca];
    return await runCli(["discover", "--db", join(folder.path, "a.duckdb"), ...endpoints, ...args]);
  });
}

describe("bfa discover", () => {
  it("classifies every shape of name, over more than one page, and leaves out other folders", async () => {
    const many = Array.from({ length: 1100 }, (_, i) => `X${i}USDT`);
    const { code, stdout, stderr } = await discover([...SHAPES, ...many], "--json");
    expect(code, stderr).toBe(0);
    const found = JSON.parse(stdout) as {
      symbols: { symbol: string; class: string; quote: string }[];
      foreign: string[];
    };
    expect(found.symbols).toHaveLength(SHAPES.length + many.length);
    expect(found.foreign).toEqual(["not a symbol"]);
    const facts = found.symbols.filter(({ symbol }) => SHAPES.includes(symbol));
    expect(facts.map((fact) => `${fact.symbol} ${fact.class} ${fact.quote}`)).toEqual([
      "0GUSDT perpetual USDT",
      "1000SHIBUSDC perpetual USDC",
      "AERGOUSDTSETTLED settled USDT",
      "AERGOUSDTSETTLEDSETTLED settled USDT",
      "BTCBUSD perpetual BUSD",
      "BTCU perpetual U",
      "BTCUSD1 perpetual USD1",
      "BTCUSDT perpetual USDT",
      "BTCUSDT_231229 delivery USDT",
      "ETHBTC perpetual BTC",
      "ICPUSDT_SETTLED settled USDT",
      "币安人生USDT perpetual USDT",
    ]);
  });

  it("says what is new and what is gone, and forgets nothing", async () => {
    await discover(["BTCUSDT", "ETHUSDT"]);
    const { code, stdout } = await discover(["BTCUSDT", "NEWUSDT"]);
    expect(code).toBe(0);
    expect(stdout).toContain("1 new: NEWUSDT");
    expect(stdout).toContain("1 no longer in the bucket, kept: ETHUSDT");
    const known = await rowsOf(join(folder.path, "a.duckdb"), "SELECT symbol FROM symbols ORDER BY 1");
    expect(known.flat()).toEqual(["BTCUSDT", "ETHUSDT", "NEWUSDT"]);
  });

  it("is quiet when told to, unless a format is given as well", async () => {
    expect(await discover(["BTCUSDT"], "--quiet")).toMatchObject({ code: 0, stdout: "", stderr: "" });
    const { stdout, stderr } = await discover(["BTCUSDT"], "--quiet", "--json");
    expect(JSON.parse(stdout)).toEqual({
      ...{ symbol_count: 1, added: [], gone: [], foreign: ["not a symbol"] },
      symbols: [{ symbol: "BTCUSDT", class: "perpetual", ticker: "BTCUSDT", quote: "USDT" }],
    });
    expect(stderr).toBe("");
  });

  it("logs what it finds", async () => {
    const { stderr } = await discover(["BTCUSDT"], "--log-level", "info");
    expect(stderr).toContain('"type":"discovered","symbol_count":1,"added":["BTCUSDT"]');
  });

  it("exits with 130 on Ctrl-C", async () => {
    const server = await startRawServer(() => undefined);
    try {
      const ca = join(folder.path, "ca.pem");
      writeFileSync(ca, server.ca);
      const where = ["--endpoint", server.url, "--list-endpoint", server.url, "--ca", ca, "--timeout", "1500"];
      const running = startCli(["discover", "--db", join(folder.path, "a.duckdb"), ...where]);
      await server.received(1);
      running.child.kill("SIGINT");
      const { code, stdout, stderr } = await running.done;
      expect({ code, stdout }, stderr).toEqual({ code: 130, stdout: "" });
      expect(stderr).toContain("bfa: interrupted before the bucket was listed");
    } finally {
      await server.close();
    }
  });
});
