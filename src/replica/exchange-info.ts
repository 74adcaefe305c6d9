import { DAY_MS, parseDay, type Day } from "../calendar/day.js";
import { FLAT_BELOW_BYTES, livesOf } from "../vision/lives.js";
import { NOT_ANNOUNCED } from "../vision/exchange-info.js";
import { classifySymbol } from "../vision/symbol.js";
import type { Answer } from "./answer.js";
import type { Folder, History } from "./history.js";
import { between, chance, hashText } from "./random.js";

/** The same path as on the exchange's own host; no key starts with it. */
export const EXCHANGE_INFO_PATH = "/fapi/v1/exchangeInfo";

/** Contracts end at 09:00 UTC, delivery contracts at 08:00. */
const SETTLEMENT_MS = 9 * 3_600_000;
const DELIVERY_MS = 8 * 3_600_000;

/** Days for which the exchange still shows contracts after their end; older ones vanish. */
const SHOWN_AFTER_DAYS = 400;

/** Days without a file at the end of a history after which a contract counts as ended: files can be late. */
const QUIET_DAYS = 5;

/** Days of a quarter. */
const QUARTER_DAYS = 92;

/** Purposes of {@link chance}. */
const draw = { underlying: 301, announced: 302, announcedDays: 303 } as const;

/** Underlyings of made-up tickers, with the cumulative probability of each. */
const UNDERLYINGS = [
  { below: 0.82, underlyingType: "COIN", contractType: "PERPETUAL" },
  { below: 0.84, underlyingType: "INDEX", contractType: "PERPETUAL" },
  { below: 0.86, underlyingType: "PREMARKET", contractType: "PERPETUAL" },
  { below: 0.9, underlyingType: "COMMODITY", contractType: "TRADIFI_PERPETUAL" },
  { below: 0.98, underlyingType: "EQUITY", contractType: "TRADIFI_PERPETUAL" },
  { below: 1, underlyingType: "KR_EQUITY", contractType: "TRADIFI_PERPETUAL" },
] as const;

/** Tickers that are always coins. */
const COINS = /^(?:1000)?(?:BTC|ETH|BCH|ICP|AERGO|PEPE|币安人生|龙虾)/;

/**
 * The exchange's `exchangeInfo` at the end of a history's last day: contracts that trade, a few of them with an
 * announced end, and contracts that ended recently. The same history always gives the same document.
 */
export function exchangeInfo(history: History): Answer {
  const last = Math.max(...history.folders.map(({ days }) => days.at(-1) ?? 0), 0);
  const symbols = history.folders.flatMap((folder) => contractOf(folder, last));
  const document = { timezone: "UTC", serverTime: (last + 1) * DAY_MS, symbols };
  const body = Buffer.from(JSON.stringify(document));
  return {
    status: 200,
    headers: { "Content-Type": "application/json", Server: "Tengine" },
    length: body.length,
    body: () => body,
  };
}

/** The contract of a folder; none if the exchange no longer shows it. It never shows a ticker's old contracts. */
function contractOf(folder: Folder, last: Day): object[] {
  const { symbol, days, sizes } = folder;
  const { class: kind, ticker, quote } = classifySymbol(symbol);
  const files = Array.from(days, (day, index) => ({ day, size: sizes[index] ?? 0 }));
  // For a ticker that was listed again, this is the latest contract.
  const first = livesOf(files, []).at(-1)?.from;
  if (first === undefined || kind === "settled") return [];
  const common = {
    symbol,
    pair: ticker,
    onboardDate: first * DAY_MS + DELIVERY_MS,
    baseAsset: ticker.slice(0, ticker.length - quote.length),
    quoteAsset: quote,
    marginAsset: quote,
  };
  if (kind === "delivery") {
    const delivery = deliveryDayOf(symbol);
    if (delivery <= last) return [];
    const contractType = delivery - last > QUARTER_DAYS ? "NEXT_QUARTER" : "CURRENT_QUARTER";
    const deliveryDate = delivery * DAY_MS + DELIVERY_MS;
    return [{ ...common, contractType, underlyingType: "COIN", deliveryDate, status: "TRADING" }];
  }
  const types = COINS.test(symbol) ? UNDERLYINGS[0] : underlyingOf(ticker);
  const facts = { ...common, contractType: types.contractType, underlyingType: types.underlyingType };
  const traded = lastTraded(folder, last);
  if (traded >= last - QUIET_DAYS) return [{ ...facts, deliveryDate: announcedEnd(ticker, last), status: "TRADING" }];
  if (traded < last - SHOWN_AFTER_DAYS) return [];
  return [{ ...facts, deliveryDate: traded * DAY_MS + SETTLEMENT_MS, status: "SETTLING" }];
}

/** The day at the end of a delivery contract's name, `_YYMMDD`. */
function deliveryDayOf(symbol: string): Day {
  const [year, month, day] = [symbol.slice(-6, -4), symbol.slice(-4, -2), symbol.slice(-2)];
  return parseDay(`20${year}-${month}-${day}`) ?? 0;
}

function underlyingOf(ticker: string) {
  const drawn = chance(1, draw.underlying, hashText(ticker));
  return UNDERLYINGS.find(({ below }) => drawn < below) ?? UNDERLYINGS[0];
}

/** One contract in forty has an announced end, 14 to 30 days after the history. */
function announcedEnd(ticker: string, last: Day): number {
  const owner = hashText(ticker);
  if (COINS.test(ticker) || chance(1, draw.announced, owner) >= 0.025) return NOT_ANNOUNCED;
  return (last + between(14, 30, chance(1, draw.announcedDays, owner))) * DAY_MS + SETTLEMENT_MS;
}

/** The last day with a file that isn't flat, or the last day if all are flat. */
function lastTraded({ days, sizes }: Folder, last: Day): Day {
  const index = sizes.findLastIndex((size) => size >= FLAT_BELOW_BYTES);
  return days[index < 0 ? days.length - 1 : index] ?? last;
}
