import type { Day } from "../calendar/day.js";
import { DAY } from "../query/select.js";
import type { Store } from "../store/open.js";
import { selectChunks } from "../store/prepared.js";
import { readRows } from "../store/read-rows.js";
import { knowsVolume, volumeSpans } from "../store/volume-spans.js";
import { tradedOf, type Traded } from "../vision/traded.js";

/** What is known of a symbol's trades on a day. */
export interface DayTrades {
  traded: Traded;
  /** In whole units; 0 on a day without a trade, -1 where nothing is known. */
  quoteVolume: number;
}

/** What is known of a symbol's trades, by day. */
export type SymbolTrades = (day: Day) => DayTrades;

/** The day's bar as far as the page shows it. */
interface Bar {
  trades: number;
  quoteVolume: number;
}

/**
 * What is known of the trades of each symbol whose volumes are known on some day.
 *
 * @param now ms since the Unix epoch
 */
export async function tradesBySymbol(store: Store, now: number): Promise<Map<string, SymbolTrades>> {
  const spans = await volumeSpans(store, now);
  const bars = await barsBySymbol(store);
  const tradesOf = (symbol: string): SymbolTrades => {
    const ofSymbol = bars.get(symbol);
    return (day) => {
      const bar = ofSymbol?.get(day);
      const traded = tradedOf(knowsVolume(spans, symbol, day), bar?.trades);
      return { traded, quoteVolume: traded === "not known" ? -1 : Math.round(bar?.quoteVolume ?? 0) };
    };
  };
  return new Map(Array.from(spans.keys(), (symbol) => [symbol, tradesOf(symbol)]));
}

async function barsBySymbol(store: Store): Promise<Map<string, Map<Day, Bar>>> {
  const chunks = await selectChunks(
    store,
    `SELECT symbol, ${DAY}, trade_count::DOUBLE, quote_volume FROM daily_volumes`,
    {},
  );
  const bars = new Map<string, Map<Day, Bar>>();
  for (const chunk of chunks) {
    const [symbols = [], days = [], trades = [], quoteVolumes = []] = chunk.getColumns();
    for (let row = 0; row < chunk.rowCount; row++) {
      const symbol = String(symbols[row]);
      const ofSymbol = bars.get(symbol) ?? new Map<Day, Bar>();
      bars.set(symbol, ofSymbol);
      ofSymbol.set(Number(days[row]), { trades: Number(trades[row]), quoteVolume: Number(quoteVolumes[row]) });
    }
  }
  return bars;
}

/** What the exchange said last that each contract is on: `COIN`, `EQUITY` and the like, by symbol. */
export async function underlyingTypes(store: Store): Promise<Map<string, string>> {
  const found = await readRows(
    store,
    "SELECT symbol, arg_max(underlying_type, valid_from) FROM contracts GROUP BY symbol",
    { symbol: "text", underlying: "text" },
  );
  return new Map(found.map(({ symbol, underlying }) => [symbol, underlying]));
}
