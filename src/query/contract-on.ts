import { DAY_MS, type Day } from "../calendar/day.js";
import type { ContractRange } from "../store/contract-ranges.js";
import { knownCaptures, knownContracts, type Contracts } from "../store/contracts.js";
import { oncePerReader } from "../store/once-per-reader.js";
import type { Store } from "../store/open.js";
import { factsOf } from "./symbol-filter.js";

/** The contract that a symbol referred to at the end of a day. */
export interface ContractOn {
  /**
   * `then`: the exchange showed this at the end of the day. `later`: the first capture of the contract showed it, after
   * the day. `earlier`: the last capture showed it, before the contract was gone. In the last two cases, only what
   * holds for a contract's whole life is known about the day: its underlying and its first day.
   */
  shown: "then" | "later" | "earlier";
  range: ContractRange;
}

/**
 * The contract that a symbol referred to at the end of a day: the one that the exchange showed then, otherwise the
 * youngest that had begun to trade by then. A symbol's contracts differ in their first days.
 *
 * @param ranges ranges of the symbol, ascending
 */
export function contractOn(ranges: readonly ContractRange[], day: Day): ContractOn | undefined {
  const end = (day + 1) * DAY_MS;
  const valid = ranges.find(({ from, to }) => from < end && (to === undefined || to >= end));
  if (valid !== undefined) return { shown: "then", range: valid };
  const begun = ranges.map(({ onboardDate }) => onboardDate).filter((onboardDate) => onboardDate < end);
  const youngest = Math.max(...begun);
  const own = ranges.filter(({ onboardDate }) => onboardDate === youngest);
  const before = own.findLast(({ from }) => from < end);
  if (before !== undefined) return { shown: "earlier", range: before };
  const [after] = own;
  return after === undefined ? undefined : { shown: "later", range: after };
}

/**
 * The ranges of a symbol of the bucket; a settled symbol has those of its ticker if the exchange doesn't know its name.
 */
export function rangesOf(contracts: Contracts, symbol: string): readonly ContractRange[] {
  const { class: kind, ticker } = factsOf(symbol);
  return contracts.get(symbol) ?? (kind === "settled" ? contracts.get(ticker) : undefined) ?? [];
}

/**
 * What the captures showed, read once per file.
 *
 * @throws StoreError when the file can't be read
 */
export const readContracts = oncePerReader(async (store: Store) => ({
  contracts: await knownContracts(store),
  captures: await knownCaptures(store),
}));
