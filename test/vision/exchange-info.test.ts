import { describe, expect, it } from "vitest";
import { MAX_EXCHANGE_INFO_BYTES, NotExchangeInfo, parseExchangeInfo } from "../../src/vision/exchange-info.js";
import { exchangeDocument, exchangeRow } from "../support/exchange-info.js";

const refusal = (text: string): string => {
  try {
    parseExchangeInfo(text);
  } catch (error) {
    if (error instanceof NotExchangeInfo) return error.message;
    throw error;
  }
  throw new Error("it was taken");
};

describe("parseExchangeInfo", () => {
  it("reads contracts, and knows that an end in 2100 means none", () => {
    const delivery = Date.UTC(2024, 5, 28, 8);
    const text = exchangeDocument([
      exchangeRow("BTCUSDT"),
      exchangeRow("BTCUSDT_240628", { contractType: "CURRENT_QUARTER", deliveryDate: delivery }),
      exchangeRow("币安人生USDT", { status: "PENDING_TRADING", contractType: "", underlyingType: "PREMARKET" }),
    ]);
    const common = { underlyingType: "COIN", status: "TRADING", onboardDate: Date.UTC(2020, 0, 1, 8) };
    expect(parseExchangeInfo(text)).toEqual({
      serverTime: Date.UTC(2024, 2, 1, 12),
      contracts: [
        { ...common, symbol: "BTCUSDT", contractType: "PERPETUAL", deliveryDate: undefined },
        { ...common, symbol: "BTCUSDT_240628", contractType: "CURRENT_QUARTER", deliveryDate: delivery },
        {
          ...common,
          symbol: "币安人生USDT",
          contractType: "",
          deliveryDate: undefined,
          status: "PENDING_TRADING",
          underlyingType: "PREMARKET",
        },
      ],
    });
  });

  it("keeps words that it doesn't know", () => {
    const row = exchangeRow("MOONUSDT", { status: "RESTING", contractType: "ETERNAL", underlyingType: "MOON_ROCK" });
    expect(parseExchangeInfo(exchangeDocument([row])).contracts).toMatchObject([
      { status: "RESTING", contractType: "ETERNAL", underlyingType: "MOON_ROCK" },
    ]);
  });

  it.each([
    ["HTML", "<html>", /not JSON/],
    ["nothing", "", /not JSON/],
    ["a list", "[]", /it has no list of symbols/],
    ["no contract", exchangeDocument([]), /empty/],
    ["null for a contract", JSON.stringify({ symbols: [null] }), /number 1 of its symbols is missing/],
    [
      "a name that is not one",
      exchangeDocument([exchangeRow("A B\u001b[31m")]),
      /number 1 of its symbols is "A B\\u001b\[31m", which is not a symbol$/,
    ],
    [
      "a name in a list",
      exchangeDocument([{ ...exchangeRow("X"), symbol: ["BTCUSDT"] }]),
      /number 1 of its symbols is a list/,
    ],
    ["a symbol twice", exchangeDocument([exchangeRow("BTCUSDT"), exchangeRow("BTCUSDT")]), /BTCUSDT appears twice/],
    ["a status in small letters", exchangeDocument([exchangeRow("BTCUSDT", { status: "trading" })]), /status of BTC/],
    [
      "a long word",
      exchangeDocument([exchangeRow("BTCUSDT", { status: "A".repeat(65) })]),
      /status of BTCUSDT is "A{40}"/,
    ],
    [
      "a time in text",
      exchangeDocument([exchangeRow("BTCUSDT", { onboardDate: "1" })]),
      /onboardDate of BTCUSDT is "1"/,
    ],
    ["an invalid time", exchangeDocument([exchangeRow("BTCUSDT", { deliveryDate: 1.5 })]), /deliveryDate of BTC/],
    ["a time before 1970", exchangeDocument([exchangeRow("BTCUSDT", { onboardDate: -1 })]), /onboardDate of BTCUSDT/],
    ["a time after 2100", exchangeDocument([exchangeRow("BTCUSDT", { deliveryDate: 1e15 })]), /deliveryDate of BTC/],
    ["no delivery date", exchangeDocument([exchangeRow("BTCUSDT", { deliveryDate: undefined })]), /is missing/],
    ["lists in lists", `{"symbols":${"[".repeat(1_000_000)}`, /nested more than 32 deep/],
    ["objects in objects", `{"a":`.repeat(1_000_000), /nested more than 32 deep/],
    ["too much", " ".repeat(MAX_EXCHANGE_INFO_BYTES + 1), /more than 8388608 bytes/],
    ["too many", JSON.stringify({ symbols: Array.from({ length: 20_001 }, () => 0) }), /more than 20000 symbols/],
  ])("refuses %s in one line", (_, text, reason) => {
    const message = refusal(text);
    expect(message).toMatch(reason);
    expect(message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(message.length).toBeLessThan(200);
  });

  it("takes brackets and quotes in texts for what they are", () => {
    const row = exchangeRow("BTCUSDT", { note: `\\"${"[{".repeat(100)}` });
    expect(parseExchangeInfo(exchangeDocument([row])).contracts).toHaveLength(1);
  });
});
