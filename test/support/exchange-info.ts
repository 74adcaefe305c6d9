import { createServer, type RequestListener } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";

/** The exchange's delivery date for contracts without an announced end, ms. */
export const NO_END = 4_133_404_800_000;

/** A row of `exchangeInfo` with a test's values, and otherwise the values of a real row. */
export function exchangeRow(symbol: string, facts: Readonly<Record<string, unknown>> = {}): object {
  return {
    symbol,
    pair: symbol,
    contractType: "PERPETUAL",
    deliveryDate: NO_END,
    onboardDate: Date.UTC(2020, 0, 1, 8),
    status: "TRADING",
    maintMarginPercent: "2.5000",
    baseAsset: symbol.replace(/USDT$/, ""),
    quoteAsset: "USDT",
    marginAsset: "USDT",
    underlyingType: "COIN",
    underlyingSubType: ["PoW", "[{\\"],
    filters: [{ filterType: "PRICE_FILTER", minPrice: "0.10", maxPrice: "1000000", tickSize: "0.10" }],
    timeInForce: ["GTC", "IOC"],
    ...facts,
  };
}

/** An `exchangeInfo` of such rows. */
export function exchangeDocument(rows: readonly object[], facts: object = {}): string {
  return JSON.stringify({
    timezone: "UTC",
    serverTime: Date.UTC(2024, 2, 1, 12),
    futuresType: "U_MARGINED",
    rateLimits: [{ rateLimitType: "REQUEST_WEIGHT", interval: "MINUTE", intervalNum: 1, limit: 2400 }],
    assets: [{ asset: "USDT", marginAvailable: true, autoAssetExchange: "-10000" }],
    symbols: rows,
    ...facts,
  });
}

/** A running exchange. */
export interface TestExchange {
  /** URL of its `exchangeInfo`. */
  url: string;
  close: () => void;
}

/** Starts a server that answers as the test specifies. */
export async function startExchange(answer: RequestListener): Promise<TestExchange> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/fapi/v1/exchangeInfo`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
