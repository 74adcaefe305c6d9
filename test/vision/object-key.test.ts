import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dayOf } from "../../src/calendar/day.js";
import {
  isChecksum,
  keyPath,
  klineDay,
  klineKey,
  klineKeyStem,
  klinePathStem,
  parseKey,
} from "../../src/vision/object-key.js";

/** Names of every shape that the bucket has. */
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
  it("are read back as the symbol and day that they were made of", () => {
    fc.assert(
      fc.property(symbol, fc.integer({ min: dayOf("2019-09-25"), max: dayOf("2099-12-31") }), (name, day) => {
        expect(parseKey(klineKey(name, day))).toEqual({ type: "kline", symbol: name, day });
        expect(parseKey(`${klineKey(name, day)}.CHECKSUM`)).toEqual({ type: "checksum", symbol: name, day });
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
      .map(([name, day, checksum]) => klineKey(name, day) + (checksum ? ".CHECKSUM" : ""));
    fc.assert(
      fc.property(fc.oneof(made, other), (key) => {
        const stem = klineKeyStem("BTCUSDT");
        const parsed = parseKey(key);
        const ours = parsed.type !== "foreign" && parsed.symbol === "BTCUSDT";
        expect(klineDay(stem, key)).toBe(ours && parsed.type === "kline" ? parsed.day : undefined);
        expect(isChecksum(stem, key)).toBe(ours && parsed.type === "checksum");
      }),
    );
  });

  it("have the form that the bucket uses", () => {
    expect(klineKey("BTCUSDT", dayOf("2020-01-02"))).toBe(
      "data/futures/um/daily/klines/BTCUSDT/1m/BTCUSDT-1m-2020-01-02.zip",
    );
  });

  it("become paths of percent-encoded UTF-8", () => {
    const key = klineKey("币安人生USDT", dayOf("2025-10-20"));
    expect(decodeURIComponent(keyPath(key))).toBe(`/${key}`);
    expect(keyPath(key)).toMatch(/^[\x21-\x7e]+$/);
    expect(`${klinePathStem("币安人生USDT")}2025-10-20.zip`).toBe(keyPath(key));
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
    expect(parseKey(key)).toEqual({ type: "foreign" });
  });
});
