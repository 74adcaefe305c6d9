import type { Day } from "../calendar/day.js";
import { UsageError } from "../errors.js";
import { orderedSpan } from "../options/checks.js";
import type { SymbolFilter } from "../query/symbol-filter.js";
import { held, type CellList } from "./cells.js";
import type { Selection } from "./selection.js";

/** A caller's request for files: each property narrows the selection. */
export interface FileRequest {
  symbols?: readonly string[] | undefined;
  /** Only this day. */
  date?: Day | undefined;
  from?: Day | undefined;
  to?: Day | undefined;
  quote?: string | undefined;
  contract?: SymbolFilter["contract"] | undefined;
  /** Only these cells. */
  universe?: CellList | undefined;
  /** Whether the members of each date of the universe apply until the next date. */
  hold?: boolean | undefined;
  /** Only the cells that a verification lists for fetching. */
  fromVerify?: CellList | undefined;
}

/**
 * The selection that a request describes.
 *
 * @throws UsageError when properties contradict each other
 */
export function selectionOf(request: FileRequest): Selection {
  const { symbols, date, quote, contract = "perpetual", universe, hold = false, fromVerify } = request;
  if (date !== undefined && (request.from !== undefined || request.to !== undefined)) {
    throw new UsageError("give either one day, or a first and a last day", { option: "date" });
  }
  const { from, to } = date === undefined ? request : { from: date, to: date };
  if (from !== undefined && to !== undefined) orderedSpan(from, to);
  if (universe !== undefined && fromVerify !== undefined) {
    throw new UsageError("give either a universe or the answer of a verification", { option: "fromVerify" });
  }
  if (hold && universe === undefined) throw new UsageError("there is no universe to hold", { option: "hold" });
  const cells = universe !== undefined && hold ? held(universe, to) : (universe ?? fromVerify);
  return { symbols, from, to, quote, contract, cells };
}
