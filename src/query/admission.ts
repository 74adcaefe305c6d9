import { UsageError } from "../errors.js";
import type { AdmittedSymbol } from "../store/admitted-cells.js";
import type { Store } from "../store/open.js";
import { oncePerReader } from "../store/once-per-reader.js";
import { storedSymbols } from "../store/stored-symbols.js";
import { readRows } from "../store/read-rows.js";
import { ms } from "./select.js";
import { mayHaveUnderlying } from "./underlying.js";
import { factsOf, passes, type SymbolFilter } from "./symbol-filter.js";

/**
 * The symbols that a query admits: those that pass a filter (and may have its underlying), a single one, or several.
 */
export type Admission =
  (SymbolFilter & { underlying?: string | undefined }) | { symbol: string } | { symbols: readonly string[] };

/**
 * The symbols that a query admits, out of those found by listing the bucket, or those that were probed if it was never
 * listed.
 *
 * @throws UsageError when no known symbol has the quote asset of the filter, or no known contract its underlying;
 *   NotKnownError when the filter has an underlying but no contracts are known
 */
export async function admittedSymbols(store: Store, admission: Admission): Promise<readonly AdmittedSymbol[]> {
  const known = await knownSymbols(store);
  if ("symbol" in admission) {
    const { symbol } = admission;
    return [{ symbol, absentAt: known.find((one) => one.symbol === symbol)?.absentAt }];
  }
  if ("symbols" in admission) {
    const absentAt = new Map(known.map((one) => [one.symbol, one.absentAt]));
    return admission.symbols.map((symbol) => ({ symbol, absentAt: absentAt.get(symbol) }));
  }
  const { quote } = admission;
  const ofContract = (await knownByContract(store))[admission.contract];
  const admitted = quote === undefined ? ofContract : ofContract.filter(({ symbol }) => passes(symbol, admission));
  if (admitted.length === 0 && quote !== undefined && !known.some(({ symbol }) => factsOf(symbol).quote === quote)) {
    const quotes = [...new Set(known.map(({ symbol }) => factsOf(symbol).quote))].filter((one) => one !== "").sort();
    throw new UsageError(`no known symbol has the quote asset ${quote}; known ones: ${quotes.join(", ") || "none"}`, {
      option: "quote",
    });
  }
  const { underlying } = admission;
  if (underlying === undefined) return admitted;
  const mayPass = await mayHaveUnderlying(store, underlying);
  return admitted.filter(({ symbol }) => mayPass(symbol));
}

const knownSymbols = oncePerReader(async (store: Store): Promise<readonly AdmittedSymbol[]> => {
  const shape = { symbol: "text", absentAt: "number?" } as const;
  const listed = await readRows(store, `SELECT symbol, ${ms("absent_at")} FROM symbols`, shape);
  return listed.length > 0
    ? listed.map(({ symbol, absentAt }) => ({ symbol, absentAt: absentAt ?? undefined }))
    : (await storedSymbols(store)).map((symbol) => ({ symbol, absentAt: undefined }));
});

/** The known symbols that each choice of contracts admits. */
const knownByContract = oncePerReader(async (store: Store) => {
  const known = await knownSymbols(store);
  const admittedBy = (contract: SymbolFilter["contract"]): readonly AdmittedSymbol[] =>
    known.filter(({ symbol }) => passes(symbol, { contract, quote: undefined }));
  return { perpetual: admittedBy("perpetual"), delivery: admittedBy("delivery"), all: known };
});
