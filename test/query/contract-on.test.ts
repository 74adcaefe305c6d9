import { expect, it } from "vitest";
import { rangesOf } from "../../src/query/contract-on.js";
import type { ContractRange } from "../../src/store/contract-ranges.js";

it("a settled name has its ticker's contracts, but a delivery contract only its own", () => {
  const range = (symbol: string, contractType: string): ContractRange => ({
    ...{ symbol, contractType, status: "TRADING", underlyingType: "COIN" },
    ...{ onboardDate: 0, deliveryDate: undefined, from: 0, to: undefined, source: "test" },
  });
  const perpetual = [range("BTCUSDT", "PERPETUAL")];
  const delivery = [range("BTCUSDT_240628", "CURRENT_QUARTER")];
  const contracts = new Map([
    ["BTCUSDT", perpetual],
    ["BTCUSDT_240628", delivery],
  ]);
  const found = ["BTCUSDT", "BTCUSDT_SETTLED", "BTCUSDTSETTLED", "BTCUSDT_240628", "BTCUSDT_240329"];
  expect(found.map((symbol) => rangesOf(contracts, symbol))).toEqual([perpetual, perpetual, perpetual, delivery, []]);
});
