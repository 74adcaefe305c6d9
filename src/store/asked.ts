import type { Span } from "../calendar/span.js";
import type { StoredCell } from "./cells.js";

/** A symbol that a question admits, as far as the listings of the bucket tell. */
export interface AdmittedSymbol {
  symbol: string;
  /** When the last complete listing without it was made, ms since the Unix epoch; undefined when there was none. */
  absentAt: number | undefined;
}

/** What a question admits, and when it is asked. */
export interface Asked extends Span {
  symbols: readonly AdmittedSymbol[];
  /** When the bucket was last listed for its symbols, ms since the Unix epoch; undefined when it never was. */
  listedAt: number | undefined;
  /** ms since the Unix epoch. */
  now: number;
  /** All rows of these symbols and days, others among them, if they were read already. */
  cells?: readonly StoredCell[] | undefined;
}
