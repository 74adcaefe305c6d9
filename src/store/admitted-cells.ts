import type { Span } from "../calendar/span.js";
import type { StoredCell } from "./cells.js";
import type { DayCounts } from "./day-counts.js";

/** A symbol that a query admits, with what listings of the bucket say about it. */
export interface AdmittedSymbol {
  symbol: string;
  /** When the last complete listing without it was made, ms since the Unix epoch; undefined when there was none. */
  absentAt: number | undefined;
}

/** The cells that a query admits, and when it is run. */
export interface AdmittedCells extends Span {
  symbols: readonly AdmittedSymbol[];
  /** When the bucket's symbols were last listed, ms since the Unix epoch; undefined if never. */
  listedAt: number | undefined;
  /** ms since the Unix epoch. */
  now: number;
  /** If they were already read: all rows of these symbols and days, possibly among others. */
  cells?: readonly StoredCell[] | undefined;
  /** If `cells` are all rows of one symbol, ascending by day: its name. */
  cellsOf?: string | undefined;
  /** If they were already read: the stored counts of all of these days, possibly among others. */
  counts?: readonly DayCounts[] | undefined;
}

/** The names of symbols. */
export function namesOf(symbols: readonly AdmittedSymbol[]): string[] {
  return symbols.map(({ symbol }) => symbol);
}
