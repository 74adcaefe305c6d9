import type { MarketData, PageSymbol } from "../src/publish/page-data.js";
import { decodeCells, decodeTrades, type CellMatrix } from "./cells.js";
import type { Route } from "./routes.js";

/** Filter for the symbols of a view; "" matches all. */
export interface SymbolFilter {
  quote?: string | undefined;
  contract?: string | undefined;
  underlying?: string | undefined;
}

/** Data shared by all views. */
export class Page {
  /** Row numbers of symbols, by name. */
  readonly rowOf: ReadonlyMap<string, number>;
  /** Quote assets, the most common first. */
  readonly quotes: readonly string[];
  /** Types of underlyings in the exchange's captures, the most common first. */
  readonly underlyings: readonly string[];
  /** Whether volumes are known for any symbol. */
  readonly hasVolumes: boolean;
  private decoded: CellMatrix | undefined;
  private decodedTrades: CellMatrix | undefined;

  constructor(readonly market: MarketData) {
    this.rowOf = new Map(market.symbols.map(({ symbol }, row) => [symbol, row]));
    this.quotes = mostFirst(market.symbols.map(({ quote }) => quote));
    this.underlyings = mostFirst(market.symbols.map(({ underlying }) => underlying)).filter((type) => type !== "");
    this.hasVolumes = market.symbols.some(({ trades }) => trades !== "");
  }

  /** All cells, decoded when a view first needs them. */
  get matrix(): CellMatrix {
    return (this.decoded ??= decodeCells(this.market));
  }

  /** Which symbols were traded on each day; undefined if no volumes are known. */
  get trades(): CellMatrix | undefined {
    return (this.decodedTrades ??= decodeTrades(this.market));
  }

  /** Rows of the symbols that match a filter. */
  rows(filter: SymbolFilter): number[] {
    return this.market.symbols.flatMap((symbol, row) => (passesFilter(symbol, filter) ? [row] : []));
  }
}

/** Whether a symbol matches a filter. */
export function passesFilter(
  symbol: Pick<PageSymbol, "quote" | "class" | "underlying">,
  { quote = "", contract = "", underlying = "" }: SymbolFilter,
): boolean {
  return (
    (quote === "" || symbol.quote === quote) &&
    (contract === "" || symbol.class === contract) &&
    (underlying === "" || symbol.underlying === underlying)
  );
}

/** The distinct values, the most frequent first. */
function mostFirst(values: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([value]) => value);
}

/** Creates the content of a view. Called again when the route or the colours change. */
export type ViewMaker = (page: Page, route: Route) => HTMLElement | Promise<HTMLElement>;
