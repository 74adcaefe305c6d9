import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dayOf } from "../../src/calendar/day.js";
import {
  isChecksum,
  keyPath,
  filePeriod,
  fileKey,
  fileKeyStem,
  filePathStem,
  parseKey,
} from "../../src/vision/object-key.js";
import { DEFAULT_DATASET } from "../../src/vision/datasets/default.js";

/** Names of every shape in the bucket. */
export const SYMBOL_SHAPES = [
  "BTCUSDT",
  "1000SHIBUSDC",
  "0GUSDT",
  "BTCUSDT_231229",
  "ICPUSDT_SETTLED",
  "AERGOUSDTSETTLED",
  "AERGOUSDTSETTLEDSETTLED",
  "币安人生USDT",
  "ETHBTC",
  "BTCUSD1",
  "XU",
];

const symbol = fc.oneof(
  fc.constantFrom(...SYMBOL_SHAPES),
  fc.stringMatching(/^[A-Z0-9_]{2,20}$/),
  fc.string({ unit: fc.constantFrom("币", "安", "é", "A", "9", "_", "𠮷"), minLength: 2, maxLength: 12 }),
);

describe("object keys", () => {
  it("can be read back as the symbol and day that they were made from", () => {
    fc.assert(
      fc.property(symbol, fc.integer({ min: dayOf("2019-09-25"), max: dayOf("2099-12-31") }), (name, day) => {
        expect(parseKey(DEFAULT_DATASET, fileKey(DEFAULT_DATASET, name, day))).toEqual({
          type: "file",
          symbol: name,
          period: day,
        });
        expect(parseKey(DEFAULT_DATASET, `${fileKey(DEFAULT_DATASET, name, day)}.CHECKSUM`)).toEqual({
          type: "checksum",
          symbol: name,
          period: day,
        });
      }),
    );
  });

  it("are told apart for a known symbol as for any", () => {
    const other = fc.constantFrom(
      "data/futures/um/daily/klines/BTCUSDT/1m/BTCUSDT-1m-2020-02-30.zip",
      "data/futures/um/daily/klines/BTCUSDT/1m/part-00000-aaa.zip",
      "data/futures/um/daily/klines/BTCUSDT/1m/BTCUSDT-1m-2020-01-02.zip.tmp",
      "data/futures/um/daily/klines/BTCUSDT/1m/BTCUSDT-1m-2020-01-02.CHECKSUM",
      "",
    );
    const made = fc
      .tuple(fc.constantFrom("BTCUSDT", "ETHUSDT"), fc.integer({ min: 18_000, max: 20_000 }), fc.boolean())
      .map(([name, day, checksum]) => fileKey(DEFAULT_DATASET, name, day) + (checksum ? ".CHECKSUM" : ""));
    fc.assert(
      fc.property(fc.oneof(made, other), (key) => {
        const stem = fileKeyStem(DEFAULT_DATASET, "BTCUSDT");
        const parsed = parseKey(DEFAULT_DATASET, key);
        const ours = parsed.type !== "foreign" && parsed.symbol === "BTCUSDT";
        expect(filePeriod(DEFAULT_DATASET, stem, key)).toBe(ours && parsed.type === "file" ? parsed.period : undefined);
        expect(isChecksum(DEFAULT_DATASET, stem, key)).toBe(ours && parsed.type === "checksum");
      }),
    );
  });

  it("have the form that the bucket uses", () => {
    expect(fileKey(DEFAULT_DATASET, "BTCUSDT", dayOf("2020-01-02"))).toBe(
      "data/futures/um/daily/klines/BTCUSDT/1m/BTCUSDT-1m-2020-01-02.zip",
    );
  });

  it("become paths of percent-encoded UTF-8", () => {
    const key = fileKey(DEFAULT_DATASET, "币安人生USDT", dayOf("2025-10-20"));
    expect(decodeURIComponent(keyPath(key))).toBe(`/${key}`);
    expect(keyPath(key)).toMatch(/^[\x21-\x7e]+$/);
    expect(`${filePathStem(DEFAULT_DATASET, "币安人生USDT")}2025-10-20.zip`).toBe(keyPath(key));
  });

  it.each([
    "data/futures/um/daily/klines/BTCUSDT//",
    "data/futures/um/daily/klines/BTCUSDT/1m/",
    "data/futures/um/daily/klines/BTCUSDT/1m/part-00000-aaa.zip",
    "data/futures/um/daily/klines/BTCUSDT/1m/ETHUSDT-1m-2020-01-02.zip",
    "data/futures/um/daily/klines/BTCUSDT/1h/BTCUSDT-1h-2020-01-02.zip",
    "data/futures/um/daily/klines/BTCUSDT/1m/BTCUSDT-1m-2020-02-30.zip",
    "data/futures/um/daily/klines/BTCUSDT/1m/BTCUSDT-1m-2020-01-02.zip.CHECKSUM.bak",
    "data/futures/um/daily/klines/BTCUSDT/1m/BTCUSDT-1m-2020-01.zip",
    "data/spot/daily/klines/BTCUSDT/1m/BTCUSDT-1m-2020-01-02.zip",
    "data/futures/um/daily/klines/../../../etc/passwd",
    "",
  ])("takes %j for foreign", (key) => {
    expect(parseKey(DEFAULT_DATASET, key)).toEqual({ type: "foreign" });
  });
});
