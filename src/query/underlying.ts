import type { Day } from "../calendar/day.js";
import { NotKnownError, UsageError } from "../errors.js";
import type { Contracts } from "../store/contracts.js";
import type { Store } from "../store/open.js";
import { column } from "../text/columns.js";
import { firstNames } from "../text/first-names.js";
import { plural } from "../text/numbers.js";
import { text } from "./arguments.js";
import { contractOn, rangesOf, readContracts } from "./contract-on.js";

/** Arguments of the queries that can filter contracts by their underlying. */
export const underlyingFilter = {
  underlying: text(
    "only contracts on this: coin, index, commodity, equity, kr-equity or premarket; needs bfa contracts",
  ),
} as const;

/** Facts of their answers. */
export const UNDERLYING_FACTS = {
  without_contract: column(
    "value",
    "symbols that `underlying` leaves out because they have no known contract on the day, by name; empty without it",
  ),
};

/** The result of a filter by underlying. */
export interface KeptByUnderlying<Row> {
  rows: Row[];
  without_contract: string[];
}

/**
 * Keeps the rows of a day whose contracts have an underlying.
 *
 * @param underlying undefined keeps all
 * @throws NotKnownError and UsageError like {@link wantedUnderlying}
 */
export async function keepUnderlying<Row extends { symbol: string }>(
  store: Store,
  rows: readonly Row[],
  underlying: string | undefined,
  day: Day,
): Promise<KeptByUnderlying<Row>> {
  if (underlying === undefined) return { rows: [...rows], without_contract: [] };
  const underlyingOf = await underlyings(store, underlying);
  const known = rows.map((row) => ({ row, underlying: underlyingOf(row.symbol, day) }));
  return {
    rows: known.filter((one) => one.underlying === "wanted").map(({ row }) => row),
    without_contract: known.filter((one) => one.underlying === "not known").map(({ row }) => row.symbol),
  };
}

/**
 * Returns a function that decides whether the contract of a symbol on a day has the underlying.
 *
 * @throws NotKnownError and UsageError like {@link wantedUnderlying}
 */
export async function underlyings(
  store: Store,
  underlying: string,
): Promise<(symbol: string, day: Day) => "wanted" | "another" | "not known"> {
  const { contracts, wanted } = await wantedUnderlying(store, underlying);
  return (symbol, day) => {
    const contract = contractOn(rangesOf(contracts, symbol), day);
    if (contract === undefined) return "not known";
    return contract.range.underlyingType === wanted ? "wanted" : "another";
  };
}

/**
 * Returns a function that decides whether a symbol may have the underlying on some day: one of its contracts has it, or
 * none of its contracts is known.
 *
 * @throws NotKnownError and UsageError like {@link wantedUnderlying}
 */
export async function mayHaveUnderlying(store: Store, underlying: string): Promise<(symbol: string) => boolean> {
  const { contracts, wanted } = await wantedUnderlying(store, underlying);
  return (symbol) => {
    const ranges = rangesOf(contracts, symbol);
    return ranges.length === 0 || ranges.some(({ underlyingType }) => underlyingType === wanted);
  };
}

/**
 * The exchange's name of an underlying, such as `KR_EQUITY` for `kr-equity`, with all contracts.
 *
 * @throws NotKnownError when there is no capture of contracts; UsageError when no contract has the underlying
 */
async function wantedUnderlying(store: Store, underlying: string): Promise<{ contracts: Contracts; wanted: string }> {
  const { contracts, captures } = await readContracts(store);
  if (captures.length === 0) throw noContracts("so none can be selected by its underlying");
  const wanted = underlying.toUpperCase().replaceAll("-", "_");
  const types = new Set([...contracts.values()].flat().map(({ underlyingType }) => underlyingType));
  if (types.has(wanted)) return { contracts, wanted };
  const known = [...types].map((type) => type.toLowerCase().replaceAll("_", "-")).sort();
  throw new UsageError(`no known contract has the underlying ${underlying}; known ones: ${known.join(", ")}`, {
    option: "underlying",
  });
}

/** Explains why a query about contracts can't be answered while none are known. */
export function noContracts(consequence: string): NotKnownError {
  const message = `no contracts are in the database${consequence === "" ? "" : `, ${consequence}`}: \`bfa contracts\` captures them`;
  return new NotKnownError(message, { condition: "unwritten", spans: [], unknown_symbols: [] });
}

/** One line about the symbols left out by a filter by underlying; none if there are none. */
export function underlyingLines({ without_contract: names }: { without_contract?: unknown }): string[] {
  if (!Array.isArray(names) || names.length === 0) return [];
  const count = plural(names.length, "symbol");
  return [`--underlying leaves out ${count} without a known contract on the day: ${firstNames(names)}`];
}
