import type { MarketData, PageSymbol } from "../src/publish/page-data.js";
import { decodeCells, decodeTrades, type CellMatrix } from "./cells.js";
import type { Route } from "./routes.js";

/** Which symbols a view shows; "" lets all pass. */
export interface SymbolFilter {
  quote?: string | undefined;
  contract?: string | undefined;
  underlying?: string | undefined;
}

/** What every view is made from. */
export class Page {
  /** Rows of symbols, by name. */
  readonly rowOf: ReadonlyMap<string, number>;
  /** Quote assets, that of most symbols first. */
  readonly quotes: readonly string[];
  /** What contracts are on, as far as the exchange's captures say; that of most symbols first. */
  readonly underlyings: readonly string[];
  /** Whether volumes are known of any symbol. */
  readonly hasVolumes: boolean;
  private decoded: CellMatrix | undefined;
  private decodedTrades: CellMatrix | undefined;

  constructor(readonly market: MarketData) {
    this.rowOf = new Map(market.symbols.map(({ symbol }, row) => [symbol, row]));
    this.quotes = mostFirst(market.symbols.map(({ quote }) => quote));
    this.underlyings = mostFirst(market.symbols.map(({ underlying }) => underlying)).filter((type) => type !== "");
    this.hasVolumes = market.symbols.some(({ trades }) => trades !== "");
  }

  /** Every cell; read when a view first needs it. */
  get matrix(): CellMatrix {
    return (this.decoded ??= decodeCells(this.market));
  }

  /** Which symbols were traded on each day; undefined when no volumes are known. */
  get trades(): CellMatrix | undefined {
    return (this.decodedTrades ??= decodeTrades(this.market));
  }

  /** Rows of the symbols that pass a filter. */
  rows(filter: SymbolFilter): number[] {
    return this.market.symbols.flatMap((symbol, row) => (passesFilter(symbol, filter) ? [row] : []));
  }
}

/** Whether a filter lets a symbol pass. */
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

/** The different values, the most frequent first. */
function mostFirst(values: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([value]) => value);
}

/** Makes the content of a view. Called again when the route or the colours change. */
export type ViewMaker = (page: Page, route: Route) => HTMLElement | Promise<HTMLElement>;
