import { describe, expect, it } from "vitest";
import { classifySymbol, isSymbol } from "../../src/vision/symbol.js";

describe("classifySymbol", () => {
  it.each([
    ["BTCUSDT", "perpetual", "BTCUSDT", "USDT"],
    ["1000SHIBBUSD", "perpetual", "1000SHIBBUSD", "BUSD"],
    ["BTCUSDC", "perpetual", "BTCUSDC", "USDC"],
    ["BTCUSD1", "perpetual", "BTCUSD1", "USD1"],
    ["ETHBTC", "perpetual", "ETHBTC", "BTC"],
    ["BTCU", "perpetual", "BTCU", "U"],
    ["币安人生USDT", "perpetual", "币安人生USDT", "USDT"],
    ["BTCUSDT_231229", "delivery", "BTCUSDT", "USDT"],
    ["ETHUSDT_240229", "delivery", "ETHUSDT", "USDT"],
    ["ETHUSDT_230229", "perpetual", "ETHUSDT_230229", ""],
    ["BTCUSDT_12345", "perpetual", "BTCUSDT_12345", ""],
    ["ICPUSDT_SETTLED", "settled", "ICPUSDT", "USDT"],
    ["AERGOUSDTSETTLED", "settled", "AERGOUSDT", "USDT"],
    ["AERGOUSDTSETTLEDSETTLED", "settled", "AERGOUSDT", "USDT"],
    ["USDT", "perpetual", "USDT", ""],
  ])("%s is a %s of %s quoted in %s", (symbol, kind, ticker, quote) => {
    expect(classifySymbol(symbol)).toEqual({ class: kind, ticker, quote });
  });
});

describe("isSymbol", () => {
  it.each(["BTCUSDT", "币安人生USDT", "ICPUSDT_SETTLED", "4USDT"])("accepts %s", (text) => {
    expect(isSymbol(text)).toBe(true);
  });

  it.each([
    "",
    "A",
    "BTC USDT",
    "BTC/USDT",
    "../BTC",
    "BTC'--",
    "BTC\u0000",
    "BTC\nUSDT",
    "🚀USDT",
    "=CMD",
    "A".repeat(65),
  ])("rejects %j", (text) => {
    expect(isSymbol(text)).toBe(false);
  });
});
