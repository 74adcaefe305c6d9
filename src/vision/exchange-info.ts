import { printableJson } from "../text/printable.js";
import { isSymbol } from "./symbol.js";

/** The exchange's list of contracts. */
export const EXCHANGE_INFO_URL = "https://fapi.binance.com/fapi/v1/exchangeInfo";

/** Maximum bytes of the document: the real one has less than 2 MB. */
export const MAX_EXCHANGE_INFO_BYTES = 8 * 1024 * 1024;

/** Maximum contracts in it: the real one has about 900. */
const MAX_CONTRACTS = 20_000;

/** Maximum depth of objects and lists in it: the real one has 5. */
const MAX_DEPTH = 32;

/** Delivery date of a contract whose end is not announced, ms: 2100-12-25. Also the latest time accepted. */
export const NOT_ANNOUNCED = 4_133_404_800_000;

/** Statuses and types are one or more words in capitals; the type of a contract that isn't traded yet can be empty. */
const WORDS = /^[A-Z0-9_ ]{0,64}$/;

/** Contracts without an end. */
export const PERPETUAL_TYPES: readonly string[] = ["PERPETUAL", "TRADIFI_PERPETUAL"];

/** Contracts that the bucket treats as delivery contracts, including those about to end. */
export const DELIVERY_TYPES: readonly string[] = [
  "CURRENT_MONTH",
  "NEXT_MONTH",
  "CURRENT_QUARTER",
  "NEXT_QUARTER",
  "PERPETUAL_DELIVERING",
  "CURRENT_QUARTER DELIVERING",
  "NEXT_QUARTER DELIVERING",
];

/** A contract as the exchange describes it. Statuses and types are kept as they are, even unknown ones. */
export interface ExchangeContract {
  symbol: string;
  /** `TRADING`, `SETTLING` (delisted), `PENDING_TRADING` and others. */
  status: string;
  /** `PERPETUAL`, `TRADIFI_PERPETUAL`, `CURRENT_QUARTER`, `NEXT_QUARTER` and others. */
  contractType: string;
  /** `COIN`, `INDEX`, `COMMODITY`, `EQUITY`, `KR_EQUITY`, `PREMARKET` and others. */
  underlyingType: string;
  /** When trading began or will begin, ms since the Unix epoch. */
  onboardDate: number;
  /** When it ends, ms since the Unix epoch; undefined while no end is announced. */
  deliveryDate: number | undefined;
}

/** The part of the exchange's `exchangeInfo` that is about contracts. */
export interface ExchangeInfo {
  /** The server's time, ms since the Unix epoch; undefined when absent. */
  serverTime: number | undefined;
  /** At least one, each symbol once. */
  contracts: ExchangeContract[];
}

/** A text that is not a valid `exchangeInfo`. The message gives the reason, without naming the source of the text. */
export class NotExchangeInfo extends Error {}

/**
 * Parses `exchangeInfo`, whole or not at all.
 *
 * @throws NotExchangeInfo
 */
export function parseExchangeInfo(text: string): ExchangeInfo {
  if (text.length > MAX_EXCHANGE_INFO_BYTES)
    throw new NotExchangeInfo(`it has more than ${MAX_EXCHANGE_INFO_BYTES} bytes`);
  // Parsing millions of nested lists would exhaust the memory.
  if (isDeep(text)) throw new NotExchangeInfo(`it is nested more than ${MAX_DEPTH} deep`);
  const { symbols, serverTime } = objectOf(parseJson(text));
  if (!Array.isArray(symbols)) throw new NotExchangeInfo("it has no list of symbols");
  if (symbols.length === 0) throw new NotExchangeInfo("its list of symbols is empty");
  if (symbols.length > MAX_CONTRACTS) throw new NotExchangeInfo(`it has more than ${MAX_CONTRACTS} symbols`);
  const contracts = symbols.map((value: unknown, index) => readContract(objectOf(value), index));
  const names = new Set<string>();
  for (const { symbol } of contracts) {
    if (names.has(symbol)) throw new NotExchangeInfo(`${symbol} appears twice`);
    names.add(symbol);
  }
  return { serverTime: isTime(serverTime) ? serverTime : undefined, contracts };
}

function readContract(given: Readonly<Record<string, unknown>>, index: number): ExchangeContract {
  const { symbol, deliveryDate } = given;
  if (typeof symbol !== "string" || !isSymbol(symbol)) {
    throw new NotExchangeInfo(`number ${index + 1} of its symbols is ${shown(symbol)}, which is not a symbol`);
  }
  const word = (name: string) => {
    const value = given[name];
    if (typeof value === "string" && WORDS.test(value)) return value;
    throw new NotExchangeInfo(`${name} of ${symbol} is ${shown(value)}, which is not a word in capitals`);
  };
  const time = (name: string) => {
    const value = given[name];
    if (isTime(value)) return value;
    throw new NotExchangeInfo(`${name} of ${symbol} is ${shown(value)}, which is not a time in ms`);
  };
  return {
    symbol,
    status: word("status"),
    contractType: word("contractType"),
    underlyingType: word("underlyingType"),
    onboardDate: time("onboardDate"),
    deliveryDate: deliveryDate === NOT_ANNOUNCED ? undefined : time("deliveryDate"),
  };
}

function isTime(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= NOT_ANNOUNCED;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new NotExchangeInfo("it is not JSON", { cause });
  }
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

/** Whether objects and lists are nested more than {@link MAX_DEPTH} deep, provided that the text is JSON. */
function isDeep(text: string): boolean {
  let depth = 0;
  let isInText = false;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x22: // "
        isInText = !isInText;
        break;
      case 0x5c: // \
        if (isInText) at++;
        break;
      case 0x5b: // [
      case 0x7b: // {
        if (!isInText && ++depth > MAX_DEPTH) return true;
        break;
      case 0x5d: // ]
      case 0x7d: // }
        if (!isInText) depth--;
        break;
    }
  }
  return false;
}

/** Maximum characters of a wrong value that a message shows. */
const MAX_SHOWN = 40;

/** A wrong value as a message shows it. */
function shown(value: unknown): string {
  if (value === undefined) return "missing";
  if (typeof value === "string") return printableJson(JSON.stringify(value.slice(0, MAX_SHOWN)));
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "a list" : "an object";
  return JSON.stringify(value);
}
