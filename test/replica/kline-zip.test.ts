import { DEFAULT_DATASET } from "../../src/vision/datasets/default.js";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { unzipSync } from "fflate";
import { expect, it } from "vitest";
import { KLINE_BYTES } from "../../src/replica/history.js";
import { checksumBytes, checksumFile, klineZip } from "../../src/replica/kline-zip.js";
import { DAY_MS, dayOf } from "../../src/calendar/day.js";

const DAY = dayOf("2024-01-01");

/** The only CSV in a zip, without its header, as fields. */
function klines(zip: Uint8Array, name: string): string[][] {
  const entries = unzipSync(zip);
  expect(Object.keys(entries)).toEqual([name]);
  const [header, ...rows] = Buffer.from(entries[name] ?? [])
    .toString()
    .trimEnd()
    .split("\n");
  expect(header?.split(",").length).toBe(12);
  return rows.map((row) => row.split(","));
}

it("makes a zip of exactly the requested size, whatever it is", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: KLINE_BYTES.min, max: KLINE_BYTES.max }),
      fc.constantFrom("BTCUSDT", "币安人生USDT", "1000000MOGUSDTSETTLEDSETTLED"),
      (size, symbol) => {
        const zip = klineZip(symbol, DAY, size);
        expect(zip.length).toBe(size);
        expect(klines(zip, `${symbol}-1m-2024-01-01.csv`).length).toBeGreaterThan(0);
      },
    ),
    {
      numRuns: 40,
      examples: [
        [KLINE_BYTES.min, "币安人生USDT"],
        [KLINE_BYTES.max, "BTCUSDT"],
      ],
    },
  );
});

it.each([
  ["live", 48_155],
  ["flat", 8_900],
])("has the 1,440 minutes of a %s day", (kind, size) => {
  const rows = klines(klineZip("BTCUSDT", DAY, size), "BTCUSDT-1m-2024-01-01.csv");
  expect(rows.map((row) => Number(row[0]))).toEqual(
    Array.from({ length: 1440 }, (_, minute) => DAY * DAY_MS + minute * 60_000),
  );
  for (const row of rows) {
    const [open = 0, high = 0, low = 0, close = 0] = row.slice(1, 5).map(Number);
    expect(high).toBeGreaterThanOrEqual(Math.max(open, close));
    expect(low).toBeLessThanOrEqual(Math.min(open, close));
  }
  const traded = rows.filter((row) => Number(row[8]) > 0).length / 1440;
  if (kind === "live") expect(traded).toBeGreaterThan(0.5);
  else expect(traded).toBeLessThan(0.05);
});

it("gives the checksum of exactly that zip, in sha256sum's format", () => {
  for (const symbol of ["BTCUSDT", "龙虾USDT"]) {
    const text = checksumFile(symbol, DAY, 7_419);
    const digest = createHash("sha256")
      .update(klineZip(symbol, DAY, 7_419))
      .digest("hex");
    expect(text.toString()).toBe(`${digest}  ${symbol}-1m-2024-01-01.zip\n`);
    expect(text.length).toBe(checksumBytes({ dataset: DEFAULT_DATASET, symbol }));
  }
  // The size of every checksum file of BTCUSDT in the real bucket.
  expect(checksumBytes({ dataset: DEFAULT_DATASET, symbol: "BTCUSDT" })).toBe(92);
});
