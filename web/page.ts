import type { MarketData, PageSymbol } from "../src/publish/page-data.js";
import { decodeCells, type CellMatrix } from "./cells.js";
import type { Route } from "./routes.js";

/** What every view is made from. */
export class Page {
  /** Rows of symbols, by name. */
  readonly rowOf: ReadonlyMap<string, number>;
  /** Quote assets, that of most symbols first. */
  readonly quotes: readonly string[];
  private decoded: CellMatrix | undefined;

  constructor(readonly market: MarketData) {
    this.rowOf = new Map(market.symbols.map(({ symbol }, row) => [symbol, row]));
    const counts = new Map<string, number>();
    for (const { quote } of market.symbols) counts.set(quote, (counts.get(quote) ?? 0) + 1);
    this.quotes = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([quote]) => quote);
  }

  /** Every cell; read when a view first needs it. */
  get matrix(): CellMatrix {
    return (this.decoded ??= decodeCells(this.market));
  }

  /** Rows of the symbols that pass a filter of quote asset and class; "" lets all pass. */
  rows({ quote = "", contract = "" }: { quote?: string | undefined; contract?: string | undefined }): number[] {
    const passes = (symbol: PageSymbol) =>
      (quote === "" || symbol.quote === quote) && (contract === "" || symbol.class === contract);
    return this.market.symbols.flatMap((symbol, row) => (passes(symbol) ? [row] : []));
  }
}

/** Makes the content of a view. Called again when the route or the colours change. */
export type ViewMaker = (page: Page, route: Route) => HTMLElement | Promise<HTMLElement>;
