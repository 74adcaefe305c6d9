import type { Day } from "../calendar/day.js";
import { livesBySymbol, type Life } from "../query/lives.js";
import { readRows } from "../store/read-rows.js";
import { DAY, ms, timeText } from "../query/select.js";
import type { Store } from "../store/open.js";
import { selectChunks } from "../store/prepared.js";
import { probedBySql, provisionalSql } from "../vision/finality.js";
import { FLAT_BELOW_BYTES } from "../vision/lives.js";
import { cellLetter, TRADE_LETTERS, type CellLetter, type PageChange, type TradeLetter } from "./page-data.js";
import { tradesBySymbol, type DayTrades, type SymbolTrades } from "./page-volumes.js";

/** The cells of a symbol, from its first to its last row. */
export interface SymbolCells {
  symbol: string;
  from: Day;
  letters: CellLetter[];
  /** Bytes; 0 without a file, -1 without a row. */
  sizes: number[];
  /** What is known about trades on the same days; empty if no day's volumes are known. */
  trades: TradeLetter[];
  /** Quote volumes on the same days, in whole units; 0 without a trade, -1 if unknown. */
  quoteVolumes: number[];
}

/** The journal of changes, for the page. */
export async function pageChanges(store: Store): Promise<PageChange[]> {
  const found = await readRows(
    store,
    `SELECT ${DAY}, symbol, kind, old_size_bytes::DOUBLE, new_size_bytes::DOUBLE, ${ms("seen_at")}
      FROM changes ORDER BY seen_at, date, symbol, kind`,
    {
      ...{ day: "day", symbol: "text", kind: "text", old_size_bytes: "number?", new_size_bytes: "number?" },
      seenAt: "number",
    } as const,
  );
  return found.map(({ seenAt, ...change }) => ({ ...change, seen_at: timeText(seenAt) }));
}

/** All cells by symbol and day, as the calendar shows them; rows probed in the future are ignored. */
export async function symbolCells(store: Store, changes: readonly PageChange[], now: number): Promise<SymbolCells[]> {
  const lives = await livesBySymbol(store, now);
  const trades = await tradesBySymbol(store, now);
  const changed = new Map(changes.map(({ symbol, day, kind }) => [`${symbol} ${day}`, kind]));
  const chunks = await selectChunks(
    store,
    `SELECT symbol, ${DAY}, available, coalesce(file_size_bytes, 0)::DOUBLE, ${provisionalSql(store.dataset.finality)}
      FROM availability WHERE ${probedBySql("$now::BIGINT")} ORDER BY symbol, date`,
    { now },
  );
  const cells: SymbolCells[] = [];
  let current: SymbolCells | undefined;
  let ofSymbol: readonly Life[] = [];
  let tradesOf: SymbolTrades | undefined;
  for (const chunk of chunks) {
    const [symbols = [], days = [], available = [], sizes = [], provisional = []] = chunk.getColumns();
    for (let row = 0; row < chunk.rowCount; row++) {
      const symbol = String(symbols[row]);
      const day = Number(days[row]);
      if (current?.symbol !== symbol) {
        current = { symbol, from: day, letters: [], sizes: [], trades: [], quoteVolumes: [] };
        cells.push(current);
        ofSymbol = lives.get(symbol) ?? [];
        tradesOf = trades.get(symbol);
      }
      for (let next = current.from + current.letters.length; next < day; next++) {
        current.letters.push("u");
        current.sizes.push(-1);
        addTrades(current, tradesOf?.(next));
      }
      const known = tradesOf?.(day);
      const facts = {
        available: available[row] === true,
        size: Number(sizes[row]),
        isTraded: known === undefined || known.traded === "not known" ? undefined : known.traded === "traded",
        isProvisional: provisional[row] === true,
        isInLife: ofSymbol.some(({ first, last }) => first < day && day < last),
        change: changed.size === 0 ? undefined : changed.get(`${symbol} ${day}`),
      };
      current.letters.push(cellLetter(facts, FLAT_BELOW_BYTES));
      current.sizes.push(facts.available ? facts.size : 0);
      addTrades(current, known);
    }
  }
  return cells;
}

function addTrades({ trades, quoteVolumes }: SymbolCells, known: DayTrades | undefined): void {
  if (known === undefined) return;
  trades.push(TRADE_LETTERS[known.traded]);
  quoteVolumes.push(known.quoteVolume);
}
