import snapshot from "../query/snapshot.js";
import type { Store } from "../store/open.js";
import { DAY_MS, formatDay } from "../calendar/day.js";
import { ExchangeError } from "../errors.js";
import { fetchExchangeInfo } from "../probe/exchange-info.js";
import { printable } from "../text/printable.js";
import { DELIVERY_TYPES, PERPETUAL_TYPES, type ExchangeContract } from "../vision/exchange-info.js";
import { defineCheck, type CheckOutcome, type CheckSettings, type Finding } from "./define.js";
import { groupBy } from "./group-by.js";

/** `cross-check` */
export const crossCheck = defineCheck({
  name: "cross-check",
  summary: "the perpetuals that trade on the exchange, compared with the files of a day",
  notes: "If the exchange doesn't answer, the check is unavailable, which is not a finding.",
  needsNetwork: true,
  run: (store, settings) => compareWithExchange(store, settings),
});

/** Maximum number of symbols that the summary names. */
const SYMBOLS_SHOWN = 10;

/** Share of the exchange's symbols that the day should have. */
const TARGET = 0.95;

const TIMEOUT_MS = 15_000;

/**
 * Compares the perpetuals that trade on the exchange now, and that were listed before the day was over, with those that
 * have a file for that day. If the exchange doesn't answer, the check is unavailable, which is not a finding.
 *
 * @throws NotKnownError when the day isn't in the database.
 */
async function compareWithExchange(store: Store, { day, exchangeUrl, ca }: CheckSettings): Promise<CheckOutcome> {
  const { rows } = await snapshot.run(store, {
    date: day,
    quote: undefined,
    contract: "perpetual",
    underlying: undefined,
    traded: false,
    filed: true,
    allowPartial: 0,
  });
  const answered = new Set(rows.map(({ symbol }) => symbol));
  const exchange = await exchangeContracts(exchangeUrl, ca);
  if (typeof exchange === "string") return { outcome: "unavailable", summary: exchange };
  const trading = exchange.filter(
    ({ status, onboardDate }) => status === "TRADING" && onboardDate < (day + 1) * DAY_MS,
  );
  const names = new Set(
    trading.filter(({ contractType }) => PERPETUAL_TYPES.includes(contractType)).map(({ symbol }) => symbol),
  );
  const lacking = [...names].filter((symbol) => !answered.has(symbol)).sort();
  const both = names.size - lacking.length;
  const match = names.size === 0 ? 0 : both / names.size;
  const unknown = unknownTypes(trading);
  const summary =
    `${both} of ${names.size} perpetuals that trade on the exchange have a file for ${formatDay(day)}: ` +
    // Rounded down, so that it isn't 100.0 % while a symbol is absent.
    `${(Math.floor(match * 1000) / 10).toFixed(1)} % (target over ${TARGET * 100} %)${namesOf(lacking)}`;
  const findings = [...(match > TARGET ? [] : differences(names, answered, formatDay(day))), ...unknown];
  return findings.length === 0 ? { outcome: "passed", summary } : { outcome: "findings", summary, findings };
}

/** A finding for each unknown contract type, so that its symbols are not silently ignored. */
function unknownTypes(trading: readonly ExchangeContract[]): Finding[] {
  const unknown = trading.filter(
    ({ contractType }) => !PERPETUAL_TYPES.includes(contractType) && !DELIVERY_TYPES.includes(contractType),
  );
  return [...groupBy(unknown, ({ contractType }) => contractType)].map(([type, symbols]) => ({
    date: null,
    symbols: symbols.map(({ symbol }) => symbol).sort(),
    message: `unknown contract type ${printable(type)}`,
  }));
}

function namesOf(lacking: readonly string[]): string {
  if (lacking.length === 0) return "";
  const more = lacking.length > SYMBOLS_SHOWN ? ` and ${lacking.length - SYMBOLS_SHOWN} more` : "";
  return `; without one: ${lacking.slice(0, SYMBOLS_SHOWN).map(printable).join(", ")}${more}`;
}

function differences(exchange: Set<string>, answered: Set<string>, date: string): Finding[] {
  const only = (a: Set<string>, b: Set<string>) => [...a].filter((symbol) => !b.has(symbol)).sort();
  return [
    { date, symbols: only(exchange, answered), message: "on the exchange, without a file" },
    { date, symbols: only(answered, exchange), message: "with a file, not trading on the exchange" },
  ].filter(({ symbols }) => symbols.length > 0);
}

/** The contracts of `exchangeInfo`, or a message that says why there are none. */
async function exchangeContracts(url: string, ca: string | undefined): Promise<ExchangeContract[] | string> {
  try {
    const options = { ca, env: process.env, timeoutMs: TIMEOUT_MS, retries: 0, signal: undefined };
    const answer = await fetchExchangeInfo(url, options);
    return answer.type === "refused" ? answer.message : answer.info.contracts;
  } catch (error) {
    if (error instanceof ExchangeError) return error.message;
    throw error;
  }
}
