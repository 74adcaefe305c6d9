import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DuckDBInstance } from "@duckdb/node-api";
import { formatDay } from "../../src/calendar/day.js";
import { exportRows, type ExportOptions } from "../../src/query/export.js";
import { openStore } from "../../src/store/open.js";
import { temporaryFolder } from "../support/database.js";
import { dayAtPlace, DAYS, hold, market, type Market } from "./universe-over/market.js";
import { propertyRuns } from "../support/property-runs.js";

const COLUMNS: [name: string, type: string][] = [
  ["date", "DATE"],
  ["symbol", "VARCHAR"],
  ["rank", "USMALLINT"],
  ["quote_volume_usdt", "DOUBLE"],
  ["trade_count", "UBIGINT"],
  ["rank_change_1d", "SMALLINT"],
  ["rank_change_7d", "SMALLINT"],
  ["rank_change_14d", "SMALLINT"],
  ["rank_change_30d", "SMALLINT"],
  ["percentile", "FLOAT"],
  ["market_share_pct", "FLOAT"],
  ["days_available", "UTINYINT"],
  ["generation_timestamp", "TIMESTAMP"],
];

let folder: ReturnType<typeof temporaryFolder>;
let file: string;

beforeAll(() => {
  folder = temporaryFolder();
  file = join(folder.path, "a.duckdb");
});
afterAll(() => {
  folder.remove();
});

async function write(made: Market, knownUntil?: number): Promise<void> {
  const store = await openStore(file);
  await hold(store, made, knownUntil);
  await store.close();
}

/** The rankings as a reader of the file gets them, without the time when they were made. */
async function rankings(options: Partial<ExportOptions> = {}, format: "parquet" | "csv" = "parquet") {
  const out = join(folder.path, `rankings.${format}`);
  await exportRows(file, { what: "rankings", format, out, ...options });
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const read = `read_${format}('${out}')`;
  const columns = (await connection.runAndReadAll(`DESCRIBE FROM ${read}`)).getRows();
  const rows = (await connection.runAndReadAll(`SELECT * EXCLUDE (generation_timestamp) FROM ${read}`)).getRowsJson();
  connection.closeSync();
  instance.closeSync();
  return { columns: columns.map(([name, type]) => [name, type]), rows };
}

/** The rankings computed again, one day at a time, by counting. */
function byHand(made: Market): unknown[][] {
  const hidden = (symbol: string) =>
    symbol.startsWith("CUSDT") ? ["CUSDT", "CUSDTSETTLED", "CUSDT_SETTLED"].filter((other) => other < symbol) : [];
  const has = (symbol: string, day: number) => made.get(symbol)?.[day]?.bar !== undefined;
  const days = Array.from({ length: DAYS }, (_, day) => {
    const bars = [...made.keys()].flatMap((symbol) => {
      const bar = made.get(symbol)?.[day]?.bar;
      if (bar === undefined || hidden(symbol).some((other) => has(other, day))) return [];
      const { quote, trades } = typeof bar === "number" ? { quote: bar, trades: Math.ceil(bar) } : bar;
      return [{ symbol, quote, trades }];
    });
    return bars.map((bar) => ({
      ...bar,
      rank: 1 + new Set(bars.filter(({ quote }) => quote > bar.quote).map(({ quote }) => quote)).size,
      above: bars.filter(({ quote }) => quote > bar.quote).length,
      count: bars.length,
      total: bars.reduce((sum, { quote }) => sum + quote, 0),
    }));
  });
  return days.flatMap((ofDay, day) =>
    ofDay
      .sort((a, b) => a.rank - b.rank || (a.symbol < b.symbol ? -1 : 1))
      .map(({ symbol, quote, trades, rank, above, count, total }) => {
        const before = (back: number) => days[day - back]?.find((one) => one.symbol === symbol)?.rank;
        const change = (back: number) => {
          const then = before(back);
          return then === undefined ? null : rank - then;
        };
        const available = Array.from({ length: 30 }, (_, back) => before(back)).filter((one) => one !== undefined);
        return [
          ...[formatDay(dayAtPlace(day)), symbol, rank, quote, String(trades)],
          ...[change(1), change(7), change(14), change(30)],
          ...[count === 1 ? 0 : (above / (count - 1)) * 100, total === 0 ? null : (quote / total) * 100],
          available.length,
        ];
      }),
  );
}

/** Values that are FLOATs in the file only need to be close. */
function near(rows: readonly (readonly unknown[])[]): unknown[][] {
  return rows.map((row) => row.map((value, at) => (at === 9 || at === 10 ? near32(value) : value)));
}

function near32(value: unknown): unknown {
  return typeof value === "number" ? (expect.closeTo(value, 4) as unknown) : value;
}

/** One symbol with the same bar on every day. */
const STEADY: Market = new Map([["AUSDT", Array.from({ length: DAYS }, () => ({ size: 49_000, bar: 5 }))]]);

describe("export rankings", () => {
  it("has the thirteen columns of the Python system's file, and agrees with counting", async () => {
    await fc.assert(
      fc.asyncProperty(market, async (made) => {
        await write(made);
        const wanted = byHand(made);
        fc.pre(wanted.length > 0);
        const { columns, rows } = await rankings();
        expect(columns).toEqual(COLUMNS);
        expect(rows).toEqual(near(wanted));
        // An export of some days, or some symbols, has the same rows as the whole history.
        const from = dayAtPlace(40);
        const stored = new Set(rows.map(([, symbol]) => symbol));
        const some = { from, to: dayAtPlace(60), symbols: ["AUSDT", "CUSDT"].filter((symbol) => stored.has(symbol)) };
        if (!stored.has("AUSDT")) return;
        const isWanted = ([date = "", symbol = ""]: unknown[]) =>
          String(date) >= formatDay(from) &&
          String(date) <= formatDay(some.to) &&
          some.symbols.includes(String(symbol));
        expect((await rankings(some)).rows).toEqual(rows.filter(isWanted));
      }),
      { numRuns: propertyRuns(3) },
    );
  });

  it("is refused while a file's volumes are not known", async () => {
    await write(STEADY, 50);
    await expect(rankings({ to: dayAtPlace(50) })).rejects.toMatchObject({ code: "NOT_KNOWN" });
    expect((await rankings()).rows).toHaveLength(50);
    expect((await rankings({}, "csv")).rows).toHaveLength(50);
    await write(STEADY, 0);
    await expect(rankings()).rejects.toMatchObject({ code: "NOT_KNOWN" });
  });

  it("refuses a quote asset that no symbol has, and an unknown symbol", async () => {
    await write(STEADY);
    await expect(rankings({ quote: "USDC" })).rejects.toMatchObject({ code: "USAGE" });
    await expect(rankings({ symbols: ["NOSUCHUSDT"] })).rejects.toMatchObject({ code: "NOT_KNOWN" });
  });
});
