import snapshot from "../query/snapshot.js";
import type { Store } from "../store/open.js";
import { DAY_MS, formatDay, type Day } from "../calendar/day.js";
import { defineCheck, type CheckOutcome, type Finding } from "./define.js";

/** `cross-check` */
export const crossCheck = defineCheck({
  name: "cross-check",
  summary: "perpetuals that trade on the exchange against the files of a day",
  notes: "An exchange that doesn't answer makes it unavailable, which is not a finding.",
  needsNetwork: true,
  run: (store, { day, exchangeUrl }) => compareWithExchange(store, day, exchangeUrl),
});

/** The exchange's own list of what trades now. */
export const EXCHANGE_INFO_URL = "https://fapi.binance.com/fapi/v1/exchangeInfo";

/** Share of the exchange's symbols that the day should have. */
const TARGET = 0.95;

const TIMEOUT_MS = 15_000;

interface ExchangeSymbol {
  symbol: string;
  contractType: string;
  status: string;
  /** When it began to trade, ms. */
  onboardDate: number;
}

/**
 * The perpetuals that trade on the exchange now and did so before a day was over, against those that have a file of
 * that day. An exchange that doesn't answer makes the check unavailable, which is not a finding.
 *
 * @throws NotKnownError when the day isn't in the file.
 */
async function compareWithExchange(store: Store, day: Day, url: string): Promise<CheckOutcome> {
  const { rows } = await snapshot.run(store, { date: day, quote: undefined, contract: "perpetual", allowPartial: 0 });
  const answered = new Set(rows.map(({ symbol }) => symbol));
  const exchange = await exchangeSymbols(url);
  if (typeof exchange === "string") return { outcome: "unavailable", summary: exchange };
  const trading = exchange.filter(
    ({ contractType, status, onboardDate }) =>
      contractType === "PERPETUAL" && status === "TRADING" && onboardDate < (day + 1) * DAY_MS,
  );
  const names = new Set(trading.map(({ symbol }) => symbol));
  const both = [...names].filter((symbol) => answered.has(symbol)).length;
  const match = names.size === 0 ? 0 : both / names.size;
  const summary =
    `${both} of ${names.size} perpetuals that the exchange trades have a file of ${formatDay(day)}: ` +
    `${(match * 100).toFixed(1)} % (target over ${TARGET * 100} %)`;
  if (match > TARGET) return { outcome: "passed", summary };
  return { outcome: "findings", summary, findings: differences(names, answered, formatDay(day)) };
}

function differences(exchange: Set<string>, answered: Set<string>, date: string): Finding[] {
  const only = (a: Set<string>, b: Set<string>) => [...a].filter((symbol) => !b.has(symbol)).sort();
  return [
    { date, symbols: only(exchange, answered), message: "on the exchange, without a file" },
    { date, symbols: only(answered, exchange), message: "with a file, not trading on the exchange" },
  ].filter(({ symbols }) => symbols.length > 0);
}

/** The symbols of `exchangeInfo`, or in words why there are none. */
async function exchangeSymbols(url: string): Promise<ExchangeSymbol[] | string> {
  let response: Response;
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return `${url} can't be reached: ${cause instanceof Error ? cause.message : String(cause)}`;
  }
  if (response.status === 451) {
    return `${url} answered 451: Binance doesn't serve its API to this country or cloud; it says nothing about the database`;
  }
  if (!response.ok) return `${url} answered ${response.status}`;
  const body: unknown = await response.json().catch(() => undefined);
  const symbols = typeof body === "object" && body !== null && "symbols" in body ? body.symbols : undefined;
  if (!Array.isArray(symbols) || !symbols.every(isExchangeSymbol)) return `${url} answered without a list of symbols`;
  return symbols;
}

function isExchangeSymbol(value: unknown): value is ExchangeSymbol {
  if (typeof value !== "object" || value === null) return false;
  const { symbol, contractType, status, onboardDate } = value as Record<string, unknown>;
  return (
    typeof symbol === "string" &&
    typeof contractType === "string" &&
    typeof status === "string" &&
    typeof onboardDate === "number"
  );
}
