import type { ContractRange } from "../store/contract-ranges.js";
import { column, optionalColumn } from "../text/columns.js";
import { day } from "./arguments.js";
import { contractOn, readContracts } from "./contract-on.js";
import { defineQuery } from "./define.js";
import { timeText } from "./select.js";
import { bySymbol } from "./symbol-filter.js";
import { noContracts } from "./underlying.js";

/** What the exchange says of its contracts. */
export default defineQuery({
  name: "contracts",
  summary: "What the exchange says of its contracts: status, type, underlying, first and last day",
  notes: `bfa contracts captures it, and bfa update with it. Underlying and first day hold for a contract's whole life; status,
type and delivery date hold from the capture on that first shows them. So of a day before the first capture they are null.`,
  empty: "the exchange showed no contract then, and none that it showed since had begun to trade",
  args: { asOf: day("what held at the end of this UTC day; what the last capture shows without it") },
  facts: {
    capture_count: column("count", "captures in the database"),
    first_captured_at: column("time", "the first of them"),
    last_captured_at: column("time", "the last of them"),
  },
  columns: {
    symbol: column("symbol", "in order of name"),
    status: optionalColumn("text", "TRADING, SETTLING (delisted), PENDING_TRADING and others"),
    contract_type: optionalColumn("text", "PERPETUAL, TRADIFI_PERPETUAL, CURRENT_QUARTER, NEXT_QUARTER and others"),
    underlying_type: column("text", "COIN, INDEX, COMMODITY, EQUITY, KR_EQUITY, PREMARKET and others"),
    onboard_date: column("time", "when it began to trade or will"),
    delivery_date: optionalColumn("time", "when it ends; null while no end is announced"),
    valid_from: optionalColumn("time", "the first capture that shows this; null when the day is before it"),
    valid_to: optionalColumn("time", "the first capture after it that doesn't; null when the last one shows it"),
    source: optionalColumn("text", "URL or file of the first capture that shows this"),
  },
  examples: [
    { args: {}, about: "what the exchange said last" },
    { args: { asOf: "2024-03-01" }, about: "of a day" },
  ],
  rests: () => ({ days: [], admits: { contract: "all", quote: undefined }, unknownDays: "tell" }),
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
