import type { ContractRange } from "../store/contract-ranges.js";
import { column, optionalColumn } from "../text/columns.js";
import { day } from "./arguments.js";
import { contractOn, readContracts } from "./contract-on.js";
import { defineQuery } from "./define.js";
import { timeText } from "./select.js";
import { bySymbol } from "./symbol-filter.js";
import { noContracts } from "./underlying.js";

/** The exchange's contracts. */
export default defineQuery({
  name: "contracts",
  summary: "The exchange's contracts: status, type, underlying, first and last day",
  notes: `Recorded by bfa contracts and bfa update. Underlying and first day hold for a contract's whole life; status, type and
delivery date hold from the first capture that shows them, and are null for days before it.`,
  empty: "the exchange showed no contracts then, and none that it showed later had begun to trade",
  args: { asOf: day("state at the end of this UTC day; without it, that of the last capture") },
  facts: {
    capture_count: column("count", "captures in the database"),
    first_captured_at: column("time", "time of the first capture"),
    last_captured_at: column("time", "time of the last capture"),
  },
  columns: {
    symbol: column("symbol", "symbol; rows are in this order"),
    status: optionalColumn("text", "TRADING, SETTLING (delisted), PENDING_TRADING and others"),
    contract_type: optionalColumn("text", "PERPETUAL, TRADIFI_PERPETUAL, CURRENT_QUARTER, NEXT_QUARTER and others"),
    underlying_type: column("text", "COIN, INDEX, COMMODITY, EQUITY, KR_EQUITY, PREMARKET and others"),
    onboard_date: column("time", "when trading began or will begin"),
    delivery_date: optionalColumn("time", "when it ends; null while no end is announced"),
    valid_from: optionalColumn("time", "first capture that shows this; null if the day is before it"),
    valid_to: optionalColumn("time", "first later capture that doesn't; null if the last one still shows it"),
    source: optionalColumn("text", "URL or file of the first capture that shows this"),
  },
  examples: [
    { args: {}, about: "the latest state" },
    { args: { asOf: "2024-03-01" }, about: "the state on a day" },
  ],
  rests: () => ({ days: [], admits: { contract: "all", quote: undefined }, unknownDays: "report" }),
  run: async (store, { asOf }) => {
    const { contracts, captures } = await readContracts(store);
    const [first, last] = [captures[0], captures.at(-1)];
    if (first === undefined || last === undefined) throw noContracts("");
    const sources = new Map(captures.map(({ at, source }) => [at, source]));
    const rows = [...contracts].flatMap(([symbol, ranges]) => {
      if (asOf === undefined) {
        const current = ranges.find(({ to }) => to === undefined);
        return current === undefined ? [] : [shownRow(symbol, current, sources)];
      }
      const found = contractOn(ranges, asOf);
      if (found === undefined || found.shown === "earlier") return [];
      return [found.shown === "then" ? shownRow(symbol, found.range, sources) : laterRow(symbol, found.range)];
    });
    return {
      facts: {
        capture_count: captures.length,
        first_captured_at: timeText(first.at),
        last_captured_at: timeText(last.at),
      },
      rows: rows.sort(bySymbol),
    };
  },
});

/** What the exchange showed. */
function shownRow(symbol: string, range: ContractRange, sources: ReadonlyMap<number, string>) {
  return {
    symbol,
    status: range.status,
    contract_type: range.contractType,
    underlying_type: range.underlyingType,
    onboard_date: timeText(range.onboardDate),
    delivery_date: range.deliveryDate === undefined ? null : timeText(range.deliveryDate),
    valid_from: timeText(range.from),
    valid_to: range.to === undefined ? null : timeText(range.to),
    source: sources.get(range.from) ?? null,
  };
}

/** What is known of a day before the first capture of a contract that traded by then. */
function laterRow(symbol: string, { underlyingType, onboardDate }: ContractRange) {
  return {
    symbol,
    status: null,
    contract_type: null,
    underlying_type: underlyingType,
    onboard_date: timeText(onboardDate),
    delivery_date: null,
    valid_from: null,
    valid_to: null,
    source: null,
  };
}
